//! The settings, read.

use crate::{NoProxy, ProxySettings, ProxyUrl, ProxyUrlError};

/// Which proxy a destination is reached by.
#[derive(Clone, Debug, Default)]
pub struct ProxyRules {
    http: Option<ProxyUrl>,
    https: Option<ProxyUrl>,
    no_proxy: NoProxy,
}

impl ProxyRules {
    /// Reads the settings. An empty address is none.
    pub fn new(settings: &ProxySettings) -> Result<Self, ProxyUrlError> {
        let read = |text: &Option<String>| {
            text.as_deref().filter(|text| !text.is_empty()).map(ProxyUrl::parse).transpose()
        };
        Ok(Self {
            http: read(&settings.http)?,
            https: read(&settings.https)?,
            no_proxy: NoProxy::parse(&settings.no_proxy),
        })
    }

    /// Everything goes out directly.
    pub fn direct() -> Self {
        Self::default()
    }

    /// The proxy on the way to a destination; `None` goes directly.
    pub fn proxy_for(&self, is_tls: bool, host: &str, port: u16) -> Option<&ProxyUrl> {
        self.proxy_of(is_tls).filter(|_| !self.no_proxy.matches(host, port))
    }

    /// The proxy that is named for one kind of destination.
    pub fn proxy_of(&self, is_tls: bool) -> Option<&ProxyUrl> {
        if is_tls { self.https.as_ref() } else { self.http.as_ref() }
    }

    /// Every proxy that is named, each once.
    pub fn proxies(&self) -> impl Iterator<Item = &ProxyUrl> {
        let http = self.http.as_ref().filter(|http| self.https.as_ref() != Some(http));
        self.https.iter().chain(http)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(http: &str, https: &str, no_proxy: &str) -> ProxySettings {
        ProxySettings {
            http: Some(http.to_owned()),
            https: Some(https.to_owned()),
            no_proxy: no_proxy.to_owned(),
        }
    }

    #[test]
    fn each_kind_of_destination_has_its_proxy() {
        let rules = ProxyRules::new(&settings("web:80", "https://ada:x@tls:443", "corp.example")).unwrap();
        let way = |is_tls, host| rules.proxy_for(is_tls, host, 443).map(ProxyUrl::address);
        assert_eq!(way(false, "ghcr.io").as_deref(), Some("http://web:80"));
        assert_eq!(way(true, "ghcr.io").as_deref(), Some("https://tls:443"));
        assert_eq!(way(true, "a.corp.example"), None);
        assert_eq!(way(true, "localhost"), None);
        assert_eq!(rules.proxies().count(), 2);
    }

    #[test]
    fn an_empty_address_is_no_proxy() {
        let rules = ProxyRules::new(&settings("", "proxy:3128", "")).unwrap();
        assert!(rules.proxy_for(false, "ghcr.io", 80).is_none());
        assert!(rules.proxy_for(true, "ghcr.io", 443).is_some());
        assert_eq!(rules.proxies().count(), 1);
        assert!(ProxyRules::direct().proxy_for(true, "ghcr.io", 443).is_none());
        assert!(ProxyRules::new(&settings("", "ftp://x", "")).is_err());
    }
}
