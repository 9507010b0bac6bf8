//! The proxy on the way of a request, and what it has to say.

use std::{sync::Arc, time::Instant};

use egress::{
    Egress, ProxyRules, ProxyScheme, ProxySource, ProxyUrl, RefusedLogins, Resting, Showing, TRIAL,
};
use reqwest::{Url, header::HeaderValue};
use tokio::time::timeout;

use super::{WebError, WebErrorKind};

/// The proxies of one client.
#[derive(Clone)]
pub(super) struct Proxies {
    rules: Arc<ProxyRules>,
    source: ProxySource,
    logins: Arc<RefusedLogins>,
}

/// A proxy on the way of one request.
pub(super) struct OnTheWay<'a> {
    proxy: &'a ProxyUrl,
    source: &'a ProxySource,
    showing: Showing,
}

impl Proxies {
    pub(super) fn new(egress: &Egress, logins: Arc<RefusedLogins>) -> Result<Self, WebError> {
        let rules = ProxyRules::new(&egress.settings).map_err(|error| {
            let kind = WebErrorKind::Proxy { why: format!("its address {error}"), is_login: false };
            WebError::new(&format!("the proxy of {}", egress.source).replace('`', ""), kind)
        })?;
        Ok(Self { rules: Arc::new(rules), source: egress.source.clone(), logins })
    }

    /// What the library is to be told: one rule for each kind of destination, since each may have its own login.
    pub(super) fn rules(&self) -> Vec<reqwest::Proxy> {
        [true, false].map(|is_tls| self.rule(is_tls)).into()
    }

    fn rule(&self, is_tls: bool) -> reqwest::Proxy {
        let rules = Arc::clone(&self.rules);
        let proxy = reqwest::Proxy::custom(move |url| {
            let kind = (url.scheme() == "https") == is_tls;
            proxy_for(&rules, url).filter(|_| kind).and_then(|proxy| address(proxy).parse::<Url>().ok())
        });
        let login = self.rules.proxy_of(is_tls).and_then(ProxyUrl::login);
        // As bytes, where the library would make text of them.
        let value = login.and_then(|login| HeaderValue::try_from(login.basic()).ok());
        match value {
            Some(mut value) => {
                value.set_sensitive(true);
                proxy.custom_http_auth(value)
            }
            None => proxy,
        }
    }

    /// Waits for leave to show the proxy its login.
    pub(super) async fn on_the_way(&self, url: &Url) -> Result<Option<OnTheWay<'_>>, WebError> {
        let Some(proxy) = proxy_for(&self.rules, url) else { return Ok(None) };
        let source = &self.source;
        let showing = match timeout(TRIAL, self.logins.show(proxy, Instant::now)).await {
            Ok(Ok(showing)) => showing,
            Ok(Err(Resting)) => {
                let host = url.host_str().unwrap_or_default();
                return Err(WebError::new(host, login_refused(proxy, source)));
            }
            Err(_) => self.logins.show_untried(proxy, Instant::now),
        };
        Ok(Some(OnTheWay { proxy, source, showing }))
    }
}

impl OnTheWay<'_> {
    /// Hears what came of the request.
    pub(super) fn judge(
        self,
        host: &str,
        answer: reqwest::Result<reqwest::Response>,
    ) -> Result<reqwest::Response, WebError> {
        let Self { proxy, source, showing } = self;
        match answer {
            Ok(answer) if answer.status().as_u16() == 407 => {
                showing.refused(proxy, source);
                Err(WebError::new(host, login_refused(proxy, source)))
            }
            Ok(answer) => {
                showing.accepted(proxy, source);
                Ok(answer)
            }
            Err(error) => {
                let error = WebError::sending(host, &error);
                let WebErrorKind::Connect { why } = &error.kind else { return Err(error) };
                let name = name(proxy, source);
                let (why, is_login) = match why.as_str() {
                    why if why.contains("proxy authorization required")
                        || why.contains("credentials not") =>
                    {
                        showing.refused(proxy, source);
                        return Err(WebError::new(host, login_refused(proxy, source)));
                    }
                    why if why.contains("user/pass authentication") => {
                        (format!("{name} wants another kind of login"), true)
                    }
                    why if why.ends_with("tunnel error: unsuccessful") => (
                        format!("{name} does not let this machine reach it, or cannot reach it itself"),
                        false,
                    ),
                    // The library keeps the cause of this one to itself.
                    why if why.contains("failed to create underlying connection") => {
                        (format!("{name} cannot be reached"), false)
                    }
                    why if why.contains("SOCKS error") || why.contains("tunnel error") => {
                        (format!("{name} gave no way there ({why})"), false)
                    }
                    why => (format!("{name} cannot be reached ({why})"), false),
                };
                Err(WebError::new(host, WebErrorKind::Proxy { why, is_login }))
            }
        }
    }
}

fn proxy_for<'a>(rules: &'a ProxyRules, url: &Url) -> Option<&'a ProxyUrl> {
    let port = url.port_or_known_default()?;
    rules.proxy_for(url.scheme() == "https", url.host_str()?, port)
}

fn address(proxy: &ProxyUrl) -> String {
    match proxy.scheme {
        // The login goes in a header of its own.
        ProxyScheme::Http | ProxyScheme::Https => proxy.address(),
        ProxyScheme::Socks5 => proxy.with_secret().replacen("socks5://", "socks5h://", 1),
    }
}

fn login_refused(proxy: &ProxyUrl, source: &ProxySource) -> WebErrorKind {
    let name = name(proxy, source);
    let why = match proxy.login() {
        Some(login) => format!(
            "{name} does not accept the login for `{}`; correct it there, it is not shown again for 15 minutes",
            login.name()
        ),
        None => format!("{name} wants a user name and password, and none is known"),
    };
    WebErrorKind::Proxy { why, is_login: true }
}

fn name(proxy: &ProxyUrl, source: &ProxySource) -> String {
    format!("the proxy {} ({source})", proxy.address())
}
