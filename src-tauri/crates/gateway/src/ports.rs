//! What the gateway needs of the rest of the product, as small traits.

use std::{future::Future, net::SocketAddr, pin::Pin, sync::Arc};

use jiff::Timestamp;
use policy::{Answered, Verdict};
use rustls::ServerConfig;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A future behind a trait object.
pub type Eventually<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Certificates for the hosts the gateway stands in for.
pub trait Leaves: Send + Sync {
    /// The TLS server configuration for a host that engines call, from the interception authority.
    fn intercept<'a>(&'a self, host: &'a str) -> Eventually<'a, Result<Arc<ServerConfig>, LeafError>>;
    /// The TLS server configuration of the mirror front.
    fn mirror(&self) -> Eventually<'_, Result<Arc<ServerConfig>, LeafError>>;
}

/// No certificate could be had.
#[derive(Clone, Debug, Error)]
#[error("no certificate for `{host}`: {why}")]
pub struct LeafError {
    /// The host it was wanted for.
    pub host: String,
    /// What went wrong.
    pub why: String,
}

/// People's own logins, for their own pulls.
pub trait Logins: Send + Sync {
    /// The owner's login for a registry, as the process at their end of the connection keeps it.
    fn login<'a>(&'a self, owner: Owner, registry: &'a str) -> Eventually<'a, Option<Login>>;
}

/// A user name and secret for one registry.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Login {
    /// The user name; `<token>` where the secret is an identity token.
    pub user: String,
    /// The password or token.
    pub secret: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Whose the engine's end of a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The user.
    pub uid: u32,
    /// The socket, by the system's number.
    pub socket: u64,
}

/// Who opened a connection, by the kernel's word.
pub trait Askers: Send + Sync {
    /// The owner of the client's end of a loopback connection.
    fn owner(&self, client: SocketAddr, server: SocketAddr) -> Option<Owner>;
}

/// Takes every decision once.
pub trait Decisions: Send + Sync {
    /// A decision was made, or more is known of one that was told before (the same id).
    fn decided(&self, decision: &Decided);
}

/// One decision, for the journal and for whoever listens.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// What was decided.
    pub verdict: Verdict,
    /// How often it was asked for within the last minute.
    pub count: u32,
    /// When it was last asked for.
    pub last: Timestamp,
    /// The owner of the asking process; of root for engines that run as root.
    pub uid: Option<u32>,
    /// The manifest's digest, where the registry named it.
    pub digest: Option<String>,
    /// What the registry answered to a permitted request.
    pub upstream: Option<Answered>,
}
