//! The leg from the gateway to the registry, and what it knows of this machine's network.

mod belief;
mod challenge;
mod destination;
mod dial;
pub(crate) mod exchange;
mod inquiry;
mod insecure;
pub(crate) mod lookup;
mod network;
mod networks;
pub(crate) mod pool;
mod problem;
mod proxy;
mod reach;
mod settings;
pub(crate) mod tokens;
mod trust;
mod way;
pub(crate) mod words;

pub(crate) use challenge::Challenge;
pub(crate) use destination::{Destination, Scheme};
pub(crate) use exchange::{Exchange, NOBODY_ASKS, Outgoing, Patience, exchange_within};
pub(crate) use inquiry::answer_to_v2;
pub(crate) use network::Network;
pub(crate) use networks::{ByFamily, Networks};
pub(crate) use problem::{AtProxy, Problem};
pub use proxy::{ProxyAnswer, probe_proxy};
pub(crate) use reach::{Fronts, is_inside};
pub use settings::{
    Authority, ClientCertificate, EngineFamily, EngineTrust, Readers, RegistryTrust, StandIn, Upstreams,
};
pub(crate) use tokens::{ToChallenge, TokenRequest, Tokens};
