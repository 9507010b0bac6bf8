//! What the machine and the organization say about the way to registries, as plain data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything the gateway must know to reach registries as the engines did before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Upstreams {
    /// Registries that are really somewhere else, by registry.
    pub stand_ins: BTreeMap<String, StandIn>,
    /// The organization's forward proxy.
    pub proxy: Option<CorporateProxy>,
    /// Private authorities and client certificates, by `host` or `host:port`.
    pub registries: BTreeMap<String, RegistryTrust>,
    /// Registries that may be asked without a certificate or without TLS: `host`, `host:port` or an address range.
    pub insecure: Vec<String>,
    /// Mirrors of Docker Hub that are asked first, by URL.
    pub mirrors: Vec<String>,
}

/// The place where a registry really is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StandIn {
    /// `https://host[:port]`.
    pub url: String,
    /// PEM certificates that are trusted for it besides the system's.
    #[serde(default)]
    pub ca: Option<String>,
}

/// A forward proxy in Go's notation, with its exceptions in Go's matching.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CorporateProxy {
    /// For `http://` destinations; may carry a user name and password.
    pub http: Option<String>,
    /// For `https://` destinations; may carry a user name and password.
    pub https: Option<String>,
    /// The comma-separated list of exceptions.
    pub no_proxy: String,
}

impl std::fmt::Debug for CorporateProxy {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("CorporateProxy").field("no_proxy", &self.no_proxy).finish_non_exhaustive()
    }
}

/// The private trust of one registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RegistryTrust {
    /// PEM certificates that are trusted besides the system's.
    pub authorities: Vec<String>,
    /// Certificates to show when the registry asks for one.
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
}

impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ClientCertificate").finish_non_exhaustive()
    }
}
