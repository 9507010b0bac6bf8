//! The pull path: two fronts on loopback, one way to the registry.
//!
//! Engines reach the gateway as a forward proxy or as a registry mirror. Either way a request becomes one
//! `PullRequest`, is judged by the organization's policy, and goes on only with a
//! [`Permit`](policy::Permit). The steps are the files of `pull/`, and `pull/pipeline.rs` is their order.

mod expiring_map;
mod fair_queue;
mod front;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod gate;
mod operation;
mod ports;
mod provenance;
mod pull;
mod quotas;
mod redirects;
mod registries;
mod tls;
mod upstream;
mod verdict_cache;

pub use gate::{Gate, Ports};
pub use ports::{
    BoxFuture, CertificateError, CertificateSource, DecisionRecord, DecisionSink, EgressFailure,
    EgressMonitor, Login, LoginAnswer, LoginQuestion, Logins, Owner, PassThrough, PassThroughLookup,
    PeerLookup, ProcessEgress,
};
pub use provenance::ProvenanceError;
pub use tls::server_config;
pub use upstream::{
    Authority, ClientCertificate, EngineFamily, EngineTrust, ProxyAnswer, Readers, RegistryTrust, StandIn,
    Upstreams, probe_proxy,
};
