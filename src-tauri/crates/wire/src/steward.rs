//! What the service asks of the steward: a closed list of things that only root can do.
//!
//! Plans, facts and evidence about engines travel as the JSON of the crate that makes them on both sides.

use secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bytes::Bytes;
use crate::failure::Failure;
use crate::message::Message;

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
        /// The engine's word.
        engine: String,
        /// The routing it should have.
        wish: Value,
    },
    /// Routes an engine. Answered with [`Applied`](StewardResponse::Applied).
    Apply {
        /// The engine's word.
        engine: String,
        /// The routing it should have.
        wish: Value,
    },
    /// Asks the running engine. Answered with [`Verified`](StewardResponse::Verified).
    Verify {
        /// The engine's word.
        engine: String,
        /// The routing it should have.
        wish: Value,
    },
    /// What restoring an engine would change. Answered with [`Planned`](StewardResponse::Planned).
    PlanRestore {
        /// The engine's word.
        engine: String,
        /// Whether containers may stop where the engine cannot restart under them.
        #[serde(default)]
        may_stop_containers: bool,
    },
    /// Gives the person's configuration back. Answered with [`Applied`](StewardResponse::Applied).
    Restore {
        /// The engine's word.
        engine: String,
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
        wish: Value,
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
        /// The engine's word.
        engine: String,
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
    /// The engine's word.
    pub engine: String,
    /// Whether it may be restarted.
    pub restart: Value,
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
        /// One value an engine.
        engines: Vec<Value>,
    },
    /// What would change.
    Planned {
        /// The plan.
        plan: Value,
    },
    /// What was changed.
    Applied {
        /// The changes.
        applied: Value,
    },
    /// What the running engine said.
    Verified {
        /// The evidence.
        verified: Value,
    },
    /// What was found, and what was put back.
    Repaired {
        /// One value an engine of the machine.
        found: Vec<Value>,
        /// One value an engine that is routed.
        engines: Vec<Value>,
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
        facts: Value,
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
        /// As JSON; none where the process is gone, or has only what Pullgate gave it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        egress: Option<Secret>,
    },
    /// The images of an engine.
    Inventory {
        /// One value a store; none where there is no such engine.
        stores: Vec<Value>,
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

/// A person's own login for a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The account.
    pub username: String,
    /// What proves it.
    pub secret: Secret,
    /// What the secret is.
    pub kind: LoginKind,
}

/// The tools that keep logins, each in its own places and by its own rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoginFinder {
    /// Podman, Buildah, Skopeo and what else is made of containers/image.
    #[default]
    ContainersImage,
    /// Docker's command line, and nerdctl, which reads the same file.
    Docker,
}

/// What the secret of a login is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoginKind {
    /// A password or access token, for Basic authentication.
    Password,
    /// A refresh token, for the registry's token endpoint.
    IdentityToken,
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_login_in_an_answer_is_printed_without_its_secret() {
        let printed = format!("{:?}", crate::sample::steward_responses());
        assert!(printed.contains("ada") && !printed.contains("sample-secret"), "{printed}");
    }
}
