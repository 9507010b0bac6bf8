//! The pull path: two fronts on loopback, one way to the registry.
//!
//! Engines reach the gateway as a forward proxy or as a registry mirror. Either way a request becomes one
//! [`PullRequest`](pull::PullRequest), is judged by the organization's policy, and goes on only with a
//! [`Permit`](policy::Permit). The steps are the files of `pull/`, in the order of time.

mod gate;
mod http;
mod learned;
mod ports;
mod pull;
mod stream;
mod tls;
mod upstream;

pub use gate::{Gate, Ports};
pub use ports::{Askers, Decided, Decisions, Eventually, LeafError, Leaves, Login, Logins, Owner};
pub use tls::server_config;
pub use upstream::{ClientCertificate, CorporateProxy, RegistryTrust, StandIn, Upstreams};
