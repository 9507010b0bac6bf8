//! The pull path: two fronts on loopback, one way to the registry.
//!
//! Engines reach the gateway as a forward proxy or as a registry mirror. Either way a request becomes one
//! `PullRequest`, is judged by the organization's policy, and goes on only with a
//! [`Permit`](policy::Permit). The steps are the files of `pull/`, in the order of time.

mod front;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod gate;
mod http;
mod learned;
mod ports;
mod pull;
mod shares;
mod stream;
mod tls;
mod turns;
mod upstream;

pub use gate::{Gate, Ports};
pub use learned::ProvenanceError;
pub use ports::{
    Askers, Decided, Decisions, Eventually, LeafError, Leaves, Login, LoginAnswer, LoginQuestion, Logins,
    Owner, Passage, Passages, ProcessWays, WayOutFailure, WaysOut,
};
pub use tls::server_config;
pub use upstream::{
    Authority, ClientCertificate, EngineFamily, EngineTrust, ProxyAnswer, Readers, RegistryTrust, StandIn,
    Upstreams, probe_proxy,
};
