//! What the gateway asks of every engine: where its fronts are, whom to trust, which registries are named.
//! A desired routing is checked once, here, because engines accept nonsense values without a word.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The routing every engine of the machine should have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DesiredRouting {
    /// Address of the proxy front, `http://127.0.0.1:859`.
    pub proxy: String,
    /// Host and port of the mirror front, `127.0.0.1:858`.
    pub mirror: String,
    /// Certificates that vouch for the mirror front.
    pub mirror_ca_pem: String,
    /// Folder that dockerd reads for the interception authority.
    pub intercept_ca_dir: PathBuf,
    /// Certificates of the interception authority.
    pub intercept_ca_pem: String,
    /// Registries the policy names, in their canonical form; Docker Hub always counts as named.
    pub registries: Vec<String>,
    /// Whether registries the policy does not name are refused.
    pub blocks_unlisted: bool,
    /// Whether images of registries that the policy does not name pass, and are judged or recorded all the same.
    #[serde(default)]
    pub judges_unlisted: bool,
    /// Whether registries on loopback are left alone.
    pub loopback_allowed: bool,
    /// Whether containers may stop where an engine cannot restart under them.
    pub may_stop_containers: bool,
    /// What is known of the proxies on the way out.
    #[serde(default)]
    pub proxies: ProxyAnswers,
}

/// What proxies answered when they were asked, without a login, whether the gateway can go through them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProxyAnswers {
    /// The enrollment's own proxy, which is every engine's, as `http://host:port`.
    pub enrolled: Option<String>,
    /// By address, why the gateway cannot go through it: ends a sentence that begins with the proxy.
    pub refused: BTreeMap<String, String>,
    /// By address, why it was not reached just now.
    pub unreachable: BTreeMap<String, String>,
}

/// A desired routing no engine could follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DesiredRoutingError {
    /// The proxy front's address is not usable.
    #[error(
        "the proxy address `{0}` is not of the form `http://127.0.0.1:859`; check the gateway's listeners"
    )]
    Proxy(String),
    /// The mirror front's address is not usable.
    #[error("the mirror address `{0}` is not of the form `127.0.0.1:858`; check the gateway's listeners")]
    Mirror(String),
    /// A registry name could break the file it is written into.
    #[error("the registry name {0:?} has characters no registry name has; correct the policy")]
    Registry(String),
    /// A certificate bundle holds no certificate.
    #[error("the {0} certificate bundle holds no certificate; create the certificate authorities first")]
    Certificate(&'static str),
    /// The folder cannot stand in a search path.
    #[error("the certificate folder `{0}` must be an absolute path without `:`, spaces, `%` or quotes")]
    Folder(PathBuf),
}

impl DesiredRouting {
    /// Whether every value can be written into every engine's configuration.
    pub fn check(&self) -> Result<(), DesiredRoutingError> {
        let proxy = self.proxy.strip_prefix("http://").filter(|address| is_loopback_address(address));
        proxy.ok_or_else(|| DesiredRoutingError::Proxy(self.proxy.clone()))?;
        if !is_loopback_address(&self.mirror) {
            return Err(DesiredRoutingError::Mirror(self.mirror.clone()));
        }
        if let Some(registry) = self.registries.iter().find(|registry| !is_registry(registry)) {
            return Err(DesiredRoutingError::Registry(registry.clone()));
        }
        for (name, pem) in [("mirror", &self.mirror_ca_pem), ("interception", &self.intercept_ca_pem)] {
            if !pem.contains("-----BEGIN CERTIFICATE-----") {
                return Err(DesiredRoutingError::Certificate(name));
            }
        }
        if !is_search_path_entry(&self.intercept_ca_dir.to_string_lossy()) {
            return Err(DesiredRoutingError::Folder(self.intercept_ca_dir.clone()));
        }
        Ok(())
    }

    /// Every registry to route, Docker Hub first, each once.
    pub(crate) fn named(&self) -> Vec<String> {
        let mut named = vec!["docker.io".to_owned()];
        let mut rest: Vec<String> = self.registries.iter().map(|r| r.to_ascii_lowercase()).collect();
        rest.sort();
        rest.dedup();
        named.extend(rest.into_iter().filter(|registry| registry != "docker.io"));
        named
    }
}

fn is_loopback_address(address: &str) -> bool {
    address.parse::<std::net::SocketAddr>().is_ok_and(|address| address.ip().is_loopback())
}

fn is_registry(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

fn is_search_path_entry(path: &str) -> bool {
    path.starts_with('/')
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_' | b'+'))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A desired routing as the service makes it.
    pub(crate) fn desired() -> DesiredRouting {
        DesiredRouting {
            proxy: "http://127.0.0.1:859".into(),
            mirror: "127.0.0.1:858".into(),
            mirror_ca_pem: "-----BEGIN CERTIFICATE-----\nbWlycm9y\n-----END CERTIFICATE-----\n".into(),
            intercept_ca_dir: "/var/lib/pullgate-steward/intercept".into(),
            intercept_ca_pem: "-----BEGIN CERTIFICATE-----\naW50\n-----END CERTIFICATE-----\n".into(),
            registries: vec!["quay.io".into(), "registry.acme.example:5000".into()],
            blocks_unlisted: false,
            judges_unlisted: false,
            loopback_allowed: true,
            may_stop_containers: false,
            proxies: ProxyAnswers::default(),
        }
    }

    #[test]
    fn docker_hub_is_always_named_first_and_once() {
        let desired = DesiredRouting {
            registries: vec!["quay.io".into(), "docker.io".into(), "QUAY.io".into()],
            ..desired()
        };
        assert_eq!(desired.named(), ["docker.io", "quay.io"]);
    }

    #[test]
    fn values_no_engine_could_follow_are_refused_by_name() {
        let refuse = |change: fn(&mut DesiredRouting)| {
            let mut desired = desired();
            change(&mut desired);
            desired.check().unwrap_err().to_string()
        };
        insta::assert_snapshot!(
            [
                refuse(|w| w.proxy = "127.0.0.1:859".into()),
                refuse(|w| w.proxy = "http://192.0.2.1:859".into()),
                refuse(|w| w.mirror = "localhost".into()),
                refuse(|w| w.registries = vec!["quay.io\"\n[x]".into()]),
                refuse(|w| w.mirror_ca_pem = String::new()),
                refuse(|w| w.intercept_ca_dir = "relative".into()),
                refuse(|w| w.intercept_ca_dir = "/a:/b".into()),
            ]
            .join("\n")
        );
        assert_eq!(desired().check(), Ok(()));
    }
}
