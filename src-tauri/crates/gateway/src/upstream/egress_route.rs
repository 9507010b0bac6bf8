//! One way out: the proxies it goes by, whose they are, and what is reached directly.

use std::sync::Arc;

use egress::{Egress, NoProxy, ProxyRules, ProxySettings, ProxySource, ProxyUrlError, RefusedLogins};
use policy_text::render::ProxyProblem;

use super::{AtProxy, Destination, Problem, Scheme, proxy::Hop};

/// A way out, read.
pub(crate) struct EgressRoute {
    http: Result<ProxyRules, ProxyUrlError>,
    https: Result<ProxyRules, ProxyUrlError>,
    no_proxy: NoProxy,
    pub(crate) source: ProxySource,
    logins: Arc<RefusedLogins>,
}

impl EgressRoute {
    /// Each of the two proxies is read by itself, so that one that is no address does not spoil the other.
    pub(crate) fn new(egress: &Egress, logins: Arc<RefusedLogins>) -> Self {
        let ProxySettings { http, https, no_proxy } = &egress.settings;
        let rules = |http: Option<&String>, https: Option<&String>| {
            let no_proxy = no_proxy.clone();
            ProxyRules::new(&ProxySettings { http: http.cloned(), https: https.cloned(), no_proxy })
        };
        Self {
            http: rules(http.as_ref(), None),
            https: rules(None, https.as_ref()),
            no_proxy: NoProxy::parse(no_proxy),
            source: egress.source.clone(),
            logins,
        }
    }

    /// The proxy on the way to a destination.
    pub(crate) fn hop(&self, destination: &Destination) -> Result<Option<Hop>, Problem> {
        let is_tls = destination.scheme == Scheme::Https;
        let rules = if is_tls { &self.https } else { &self.http };
        match rules {
            Ok(rules) => Ok(rules.proxy_for(is_tls, &destination.host, destination.port).map(|proxy| Hop {
                proxy: proxy.clone(),
                source: self.source.clone(),
                logins: Arc::clone(&self.logins),
            })),
            Err(_) if self.no_proxy.matches(&destination.host, destination.port) => Ok(None),
            Err(error) => {
                let problem = ProxyProblem::Unreadable { why: error.to_string() };
                Err(Problem::Proxy(Box::new(AtProxy {
                    address: String::new(),
                    whose: self.source.clone(),
                    problem,
                })))
            }
        }
    }

    /// Whether no proxy is known at all.
    pub(crate) fn is_direct(&self) -> bool {
        let none = |rules: &Result<ProxyRules, _>| {
            rules.as_ref().is_ok_and(|rules| rules.proxies().next().is_none())
        };
        none(&self.http) && none(&self.https)
    }
}
