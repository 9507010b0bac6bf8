//! Connections from the gateway to registries, and what it knows of this machine's network.

mod address_filter;
mod challenge;
mod destination;
mod dial;
mod egress_route;
pub(crate) mod error_message;
pub(crate) mod exchange;
mod family_trust;
mod insecure;
pub(crate) mod lookup;
mod network;
mod networks;
pub(crate) mod pool;
mod problem;
mod proxy;
mod registry_probe;
mod settings;
pub(crate) mod tokens;
mod trust;

pub(crate) use address_filter::{Fronts, is_inside};
pub(crate) use challenge::Challenge;
pub(crate) use destination::{Destination, Scheme};
pub(crate) use exchange::{Exchange, NOBODY_ASKS, Outgoing, Timeouts, exchange_within};
pub(crate) use network::Network;
pub(crate) use networks::{ByFamily, Networks};
pub(crate) use problem::{AtProxy, Problem};
pub use proxy::{ProxyAnswer, probe_proxy};
pub(crate) use registry_probe::probe_v2;
pub use settings::{
    Authority, ClientCertificate, EngineFamily, EngineTrust, Readers, RegistryTrust, StandIn, Upstreams,
};
pub(crate) use tokens::{ToChallenge, TokenRequest, Tokens};
