//! What the machine and the organization say about the way to registries, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use egress::Egress;
use policy::Engine;
use serde::{Deserialize, Serialize};

/// Everything the gateway must know to reach registries as the engines did before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Upstreams {
    /// Registries that are really somewhere else, by registry.
    pub stand_ins: BTreeMap<String, StandIn>,
    /// How registries are reached for engines that have no way of their own.
    pub egress: Egress,
    /// How they are reached for these engines.
    pub engine_egress: BTreeMap<Engine, Egress>,
    /// PEM certificates that are trusted besides the system's at proxies, and at every host, since a proxy may open TLS.
    pub proxy_authorities: Vec<String>,
    /// Private authorities and client certificates, by `host` or `host:port`.
    pub registries: BTreeMap<String, RegistryTrust>,
    /// Registries that may be asked without a certificate or without TLS: `host`, `host:port` or an address range.
    pub insecure: Vec<String>,
    /// Mirrors of Docker Hub that are asked first, by URL.
    pub mirrors: Vec<String>,
    /// What is believed for the requests of one family of engines alone, beside all that.
    pub engines: BTreeMap<EngineFamily, EngineTrust>,
    /// Web folders of signatures, by the name under which the mirror front hands them out.
    pub lookasides: BTreeMap<String, String>,
}

/// Engines that read the same settings of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EngineFamily {
    /// Docker Engine and BuildKit, which come by the proxy front.
    Docker,
    /// What is made of containers/image: Podman, Buildah, Skopeo, CRI-O.
    Podman,
    /// containerd and K3s.
    Containerd,
}

impl EngineFamily {
    pub(crate) const ALL: [Self; 3] = [Self::Docker, Self::Podman, Self::Containerd];
}

/// What one family of engines believed before it was routed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EngineTrust {
    /// Trusted for every host besides the system's, as by `SSL_CERT_FILE`.
    pub authorities: Vec<Authority>,
    /// Private authorities and client certificates, by `host` or `host:port`.
    pub registries: BTreeMap<String, RegistryTrust>,
    /// Registries that may be asked without a certificate or without TLS: `host`, `host:port` or an address range.
    pub insecure: Vec<String>,
    /// Whether images below a prefix of registries.conf may be; the longest one that fits decides.
    pub prefixes: BTreeMap<String, bool>,
}

/// Certificates that are trusted, and the file they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authority {
    /// PEM certificates.
    pub pem: String,
    /// The file.
    #[serde(default)]
    pub source: String,
}

impl From<&str> for Authority {
    fn from(pem: &str) -> Self {
        Self { pem: pem.to_owned(), source: String::new() }
    }
}

/// The place where a registry really is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StandIn {
    /// `https://host[:port]`.
    pub url: String,
    /// Trusted for it besides the system's.
    #[serde(default)]
    pub ca: Option<Authority>,
}

/// The private trust of one registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RegistryTrust {
    /// Trusted besides the system's.
    pub authorities: Vec<Authority>,
    /// Certificates of which one is shown when the registry asks.
    pub clients: Vec<ClientCertificate>,
}

/// A client certificate with its key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientCertificate {
    /// The PEM chain.
    pub certificate: String,
    /// The PEM key.
    pub key: String,
    /// The file of the certificate.
    #[serde(default)]
    pub source: String,
    /// Who could use the key without the gateway.
    #[serde(default)]
    pub readers: Readers,
}

/// Who can read a file of this machine besides root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Readers {
    /// Everybody.
    Everybody,
    /// These users.
    Users(BTreeSet<u32>),
}

impl Default for Readers {
    fn default() -> Self {
        Self::Users(BTreeSet::new())
    }
}

impl Readers {
    /// Whether this user is among them, or is root; whoever cannot be told is not.
    fn has(&self, uid: Option<u32>) -> bool {
        match (self, uid) {
            (_, Some(0)) | (Self::Everybody, _) => true,
            (Self::Users(users), Some(uid)) => users.contains(&uid),
            (Self::Users(_), None) => false,
        }
    }
}

impl Upstreams {
    /// The files of the certificates that are not shown for this user, who could not read their keys without us.
    pub(crate) fn withheld_from(&self, uid: Option<u32>) -> BTreeSet<String> {
        let own = self.engines.values().flat_map(|trust| trust.registries.values());
        let clients = self.registries.values().chain(own).flat_map(|trust| &trust.clients);
        clients.filter(|client| !client.readers.has(uid)).map(|client| client.source.clone()).collect()
    }

    /// The same without these certificates.
    pub(crate) fn without(mut self, withheld: &BTreeSet<String>) -> Self {
        let own = self.engines.values_mut().flat_map(|trust| trust.registries.values_mut());
        for trust in self.registries.values_mut().chain(own) {
            trust.clients.retain(|client| !withheld.contains(&client.source));
        }
        self
    }
}

impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ClientCertificate").finish_non_exhaustive()
    }
}
