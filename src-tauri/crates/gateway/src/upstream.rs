//! The leg from the gateway to the registry, and what it knows of this machine's network.

mod challenge;
mod destination;
mod dial;
mod exchange;
mod network;
mod no_proxy;
mod pool;
mod problem;
mod settings;
mod tokens;
mod trust;

pub(crate) use challenge::Challenge;
pub(crate) use destination::{Destination, Scheme};
pub(crate) use exchange::{Exchange, Outgoing, ask};
pub(crate) use network::Network;
pub(crate) use problem::Problem;
pub use settings::{ClientCertificate, CorporateProxy, RegistryTrust, StandIn, Upstreams};
pub(crate) use tokens::Tokens;
