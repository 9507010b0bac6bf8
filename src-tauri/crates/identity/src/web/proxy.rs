//! The corporate proxy, as an administrator wrote it down.

use reqwest::NoProxy;

use super::WebError;
use crate::Secret;

/// This machine is never behind its own proxy.
const OWN: &[&str] = &["localhost", "127.0.0.0/8", "::1"];

/// The proxies that lead out, and what is reached without them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxy {
    /// For https: an address that may carry a login, such as `http://name:word@proxy.acme.example:3128`.
    pub https: Option<Secret>,
    /// For plain http.
    pub http: Option<Secret>,
    /// Hosts, domains, addresses and networks that are reached directly.
    pub no_proxy: Vec<String>,
}

impl Proxy {
    pub(super) fn rules(&self) -> Result<Vec<reqwest::Proxy>, WebError> {
        let https = self.https.as_ref().map(|address| rule(reqwest::Proxy::https(address.expose())));
        let http = self.http.as_ref().map(|address| rule(reqwest::Proxy::http(address.expose())));
        let rules = https.into_iter().chain(http).collect::<Result<Vec<_>, _>>()?;
        Ok(rules.into_iter().map(|rule| rule.no_proxy(self.exceptions())).collect())
    }

    fn exceptions(&self) -> Option<NoProxy> {
        let named = self.no_proxy.iter().map(String::as_str);
        NoProxy::from_string(&OWN.iter().copied().chain(named).collect::<Vec<_>>().join(","))
    }
}

/// The library's own error would show the address with its login.
fn rule(made: reqwest::Result<reqwest::Proxy>) -> Result<reqwest::Proxy, WebError> {
    made.map_err(|_| {
        let why = "has an address that cannot be read; write it as `http://proxy.example.com:3128`";
        WebError::invalid("the proxy", why)
    })
}
