//! What the service asks of the steward: a closed list of things that only root can do.
//!
//! Every request has an answer of its own kind or [`StewardResponse::Error`]. Whom engines are to trust and which files
//! hold secrets is the steward's own knowledge: no request names a file or a certificate to believe.
//!
//! While a package is replaced, the service from before asks the new steward: it says `wish` for `routing`, and sends the
//! certificates along, which count for nothing.

#[cfg(test)]
mod fixtures;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod login;
mod routing;

use egress::Egress;
use engines::{
    ChangeReport, EngineId, Found, MayRestart, PlanReport, Repaired, Store, UpstreamFacts, Verified,
};
use ipc::{Bytes, Failure, Message};
use secret::Secret;
use serde::{Deserialize, Serialize};

pub use login::{Login, LoginFinder, LoginKind};
pub use routing::RoutingRequest;

/// A request on the steward's socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum StewardRequest {
    /// The certificates to trust. Answered with [`Authorities`](StewardResponse::Authorities).
    Authorities,
    /// A certificate for a key of the gateway. Answered with [`Leaf`](StewardResponse::Leaf).
    SignLeaf {
        /// By which authority.
        authority: Issuer,
        /// The public key, as DER of its `SubjectPublicKeyInfo`.
        public_key_der: Bytes,
        /// Host names and IP addresses.
        names: Vec<String>,
    },
    /// The engines of this machine. Answered with [`Found`](StewardResponse::Found).
    Find,
    /// What routing an engine would change. Answered with [`Planned`](StewardResponse::Planned).
    Plan {
        /// The engine.
        engine: EngineId,
        /// The routing it should have.
        #[serde(alias = "wish")]
        routing: RoutingRequest,
    },
    /// Routes an engine. Answered with [`Applied`](StewardResponse::Applied).
    Apply {
        /// The engine.
        engine: EngineId,
        /// The routing it should have.
        #[serde(alias = "wish")]
        routing: RoutingRequest,
    },
    /// Asks the running engine. Answered with [`Verified`](StewardResponse::Verified).
    Verify {
        /// The engine.
        engine: EngineId,
        /// The routing it should have.
        #[serde(alias = "wish")]
        routing: RoutingRequest,
    },
    /// What restoring an engine would change. Answered with [`Planned`](StewardResponse::Planned).
    PlanRestore {
        /// The engine.
        engine: EngineId,
        /// Whether containers may stop where the engine cannot restart under them.
        #[serde(default)]
        may_stop_containers: bool,
    },
    /// Gives the person's configuration back. Answered with [`Applied`](StewardResponse::Applied).
    Restore {
        /// The engine.
        engine: EngineId,
        /// Whether containers may stop where the engine cannot restart under them.
        #[serde(default)]
        may_stop_containers: bool,
    },
    /// Puts back what somebody else changed of engines that are routed already. Answered with
    /// [`Repaired`](StewardResponse::Repaired).
    Repair {
        /// The engines, and what may be done to each.
        engines: Vec<RepairOf>,
        /// The routing they should have.
        #[serde(alias = "wish")]
        routing: RoutingRequest,
        /// Whether what the last repair saw will do, where no file that it looked at has changed since.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        quick: bool,
    },
    /// A person's own login for a registry. Answered with [`Login`](StewardResponse::Login).
    ReadLogin {
        /// The person.
        uid: u32,
        /// Their process, whose environment names the login file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pid: Option<u32>,
        /// The socket that process holds, where only that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        socket: Option<u64>,
        /// The registry, in its normal form.
        registry: String,
        /// The repository's path there, where logins may be kept for a part of a registry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        repository: Option<String>,
        /// Whose rules find it.
        #[serde(default)]
        finder: LoginFinder,
        /// Whether the login is for a push.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        push: bool,
    },
    /// The secret of the client, from the file that the enrollment names. Answered with
    /// [`ClientSecret`](StewardResponse::ClientSecret).
    ClientSecret,
    /// What the machine knows of registries. Answered with [`UpstreamFacts`](StewardResponse::UpstreamFacts).
    UpstreamFacts,
    /// Why a connection that an engine or its child opens is no image's. Answered with
    /// [`Passage`](StewardResponse::Passage).
    Passage {
        /// The owner of the asking end.
        uid: u32,
        /// The socket of the asking end.
        socket: u64,
        /// The host it wants to reach.
        host: String,
        /// The port it wants to reach.
        port: u16,
    },
    /// The proxy that the enrollment names, with its login. Answered with
    /// [`EnrolledProxy`](StewardResponse::EnrolledProxy).
    EnrolledProxy,
    /// The way out that the process at the other end of a connection has. Answered with
    /// [`ProcessEgress`](StewardResponse::ProcessEgress).
    ProcessEgress {
        /// Whose process it is.
        uid: u32,
        /// The socket that it holds.
        socket: u64,
    },
    /// The images that an engine's stores hold, people's own included. Answered with
    /// [`Inventory`](StewardResponse::Inventory).
    Inventory {
        /// The engine.
        engine: EngineId,
    },
}

impl Message for StewardRequest {
    const NAME: &'static str = "request";
    const KINDS: &'static [&'static str] = &[
        "authorities",
        "signLeaf",
        "find",
        "plan",
        "apply",
        "verify",
        "planRestore",
        "restore",
        "repair",
        "readLogin",
        "clientSecret",
        "upstreamFacts",
        "passage",
        "enrolledProxy",
        "processEgress",
        "inventory",
    ];
}

/// What may be done to one engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepairOf {
    /// The engine.
    pub engine: EngineId,
    /// Whether it may be restarted.
    pub restart: MayRestart,
}

/// The authority that signs a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Issuer {
    /// That of the mirror front.
    Mirror,
    /// That of interception.
    Intercept,
}

/// An answer on the steward's socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum StewardResponse {
    /// The certificates to trust, as PEM.
    Authorities {
        /// Of the mirror front.
        mirror_pem: String,
        /// Of interception.
        intercept_pem: String,
    },
    /// A certificate.
    Leaf {
        /// The certificate and those that vouch for it, each as DER.
        chain_der: Vec<Bytes>,
    },
    /// The engines of this machine.
    Found {
        /// Those that cannot be routed included.
        engines: Vec<Found>,
    },
    /// What would change.
    Planned {
        /// The plan.
        plan: PlanReport,
    },
    /// What was changed.
    Applied {
        /// The changes.
        applied: ChangeReport,
    },
    /// What the running engine said.
    Verified {
        /// The evidence.
        verified: Box<Verified>,
    },
    /// What was found, and what was put back.
    Repaired {
        /// Every engine of the machine.
        found: Vec<Found>,
        /// What was put back of each that is routed.
        engines: Vec<Repaired>,
    },
    /// A person's own login.
    Login {
        /// The login; none when the person has none for the registry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        login: Option<Login>,
        /// Why there is none although there should be one; nothing of a login stands in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// The secret of the client.
    ClientSecret {
        /// The secret.
        secret: Secret,
    },
    /// What the machine knows of registries.
    UpstreamFacts {
        /// The facts.
        facts: Box<UpstreamFacts>,
    },
    /// Why a connection may pass unread.
    Passage {
        /// The reason; none where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passage: Option<Passage>,
    },
    /// The proxy of the enrollment.
    EnrolledProxy {
        /// Its address with the login; none where the enrollment names no proxy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<Secret>,
    },
    /// The way out of a process.
    ProcessEgress {
        /// None where the process is gone, or has only what Pullgate gave it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        egress: Option<Egress>,
    },
    /// The images of an engine.
    Inventory {
        /// None where there is no such engine.
        stores: Vec<Store>,
    },
    /// It was not done.
    Error(Failure),
}

impl Message for StewardResponse {
    const NAME: &'static str = "response";
    const KINDS: &'static [&'static str] = &[
        "authorities",
        "leaf",
        "found",
        "planned",
        "applied",
        "verified",
        "repaired",
        "login",
        "clientSecret",
        "upstreamFacts",
        "passage",
        "enrolledProxy",
        "processEgress",
        "inventory",
        "error",
    ];
}

/// Why a connection is no image's, by what root can see of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Passage {
    /// The asking program is this machine's git, started by an engine.
    Git,
    /// The asking program is an engine whose configuration sends logs or telemetry there.
    Logs,
}
