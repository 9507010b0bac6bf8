//! The routing that the service asks for.

use engines::{DesiredRouting, ProxyAnswers};
use serde::{Deserialize, Serialize};

/// How engines are to be routed, as far as the service knows it. Whom they are to trust is the steward's own knowledge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoutingRequest {
    /// Address of the proxy front, `http://127.0.0.1:859`.
    pub proxy: String,
    /// Host and port of the mirror front, `127.0.0.1:858`.
    pub mirror: String,
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

impl RoutingRequest {
    /// The whole routing, with the certificates that vouch for the gateway, as PEM, and the folder that dockerd reads them
    /// from.
    pub fn trusting(
        self,
        mirror_ca_pem: String,
        intercept_ca_pem: String,
        intercept_ca_dir: &str,
    ) -> DesiredRouting {
        DesiredRouting {
            proxy: self.proxy,
            mirror: self.mirror,
            mirror_ca_pem,
            intercept_ca_dir: intercept_ca_dir.into(),
            intercept_ca_pem,
            registries: self.registries,
            blocks_unlisted: self.blocks_unlisted,
            judges_unlisted: self.judges_unlisted,
            loopback_allowed: self.loopback_allowed,
            may_stop_containers: self.may_stop_containers,
            proxies: self.proxies,
        }
    }
}
