//! What the gateway needs of the rest of the product, as small traits.

use std::{future::Future, net::SocketAddr, pin::Pin, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use egress::{Egress, ProxySource};
use image_ref::Repository;
use jiff::Timestamp;
use policy::{Engine, Failures, UpstreamResult, Verdict};
use rustls::ServerConfig;
use secret::Secret;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A future behind a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Certificates for the hosts the gateway stands in for.
pub trait CertificateSource: Send + Sync {
    /// The TLS server configuration for a host that engines call, from the interception authority.
    fn intercept<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Arc<ServerConfig>, CertificateError>>;
    /// The TLS server configuration of the mirror front.
    fn mirror(&self) -> BoxFuture<'_, Result<Arc<ServerConfig>, CertificateError>>;
}

/// No certificate could be had.
#[derive(Clone, Debug, Error)]
#[error("no certificate for `{host}`: {why}")]
pub struct CertificateError {
    /// The host it was wanted for.
    pub host: String,
    /// What went wrong.
    pub why: String,
}

/// People's own logins, for their own pulls.
pub trait Logins: Send + Sync {
    /// The owner's login for a repository, as the process at their end of the connection would find it.
    fn login<'a>(&'a self, question: LoginQuestion<'a>) -> BoxFuture<'a, LoginAnswer>;
}

/// Which login is wanted.
#[derive(Clone, Copy, Debug)]
pub struct LoginQuestion<'a> {
    /// Whose.
    pub owner: Owner,
    /// For what: a login may be for a part of a registry.
    pub repository: &'a Repository,
    /// The tool that asks, by its own word, which decides where logins are looked for.
    pub engine: Engine,
    /// Whether it is for a push.
    pub push: bool,
}

/// What came of looking for a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginAnswer {
    /// There is one.
    Found(Login),
    /// There is none.
    Missing,
    /// There should be one, and it could not be read; nothing of it stands in the reason.
    Failed(String),
}

/// A user name and secret for one registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Login {
    /// The user name; `<token>` where the secret is an identity token.
    pub user: String,
    /// The password or token.
    pub secret: Secret,
}

impl Login {
    /// The login in the value of a Basic `Authorization` (RFC 7617).
    pub(crate) fn from_basic(value: &str) -> Option<Self> {
        let text = String::from_utf8(STANDARD.decode(value.strip_prefix("Basic ")?).ok()?).ok()?;
        let (user, secret) = text.split_once(':')?;
        Some(Self { user: user.to_owned(), secret: Secret::new(secret) })
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
pub trait PeerLookup: Send + Sync {
    /// The owner of the client's end of a loopback connection.
    fn owner(&self, client: SocketAddr, server: SocketAddr) -> Option<Owner>;
}

/// Why a connection is no image's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassThrough {
    /// The asking program is the machine's own git, started by an engine of root.
    Git,
    /// The asking program is an engine of root, whose configuration sends logs or telemetry there.
    Logs,
}

/// What root can see of an asking process.
pub trait PassThroughLookup: Send + Sync {
    /// Why the connection to this place is no image's.
    fn pass_through<'a>(
        &'a self,
        owner: Owner,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Option<PassThrough>>;
}

/// The proxy settings that processes of this machine have of their own.
pub trait ProcessEgress: Send + Sync {
    /// Those of the process at the other end; none where they are not known, or do not count.
    fn egress(&self, owner: Owner) -> BoxFuture<'_, Option<Egress>>;
}

/// Takes every decision once.
pub trait DecisionSink: Send + Sync {
    /// A decision was made, or more is known of one that was told before (the same id).
    fn record(&self, decision: &DecisionRecord);
    /// Something was blocked that is not told by itself: this user asks for too much at a time.
    fn record_suppressed(&self, uid: Option<u32>);
}

/// One decision, for the journal and for whoever listens.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRecord {
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
    pub upstream: Option<UpstreamResult>,
    /// What failed of the permitted requests under this decision.
    pub failures: Option<Failures>,
}

/// Hears whether pulls could leave this machine, by which way out.
pub trait EgressMonitor: Send + Sync {
    /// A pull could not leave this machine.
    fn failed(&self, failure: &EgressFailure);
    /// A pull got an answer from outside by a way out. Says whether a way out is still known to be closed.
    fn worked(&self, source: &ProxySource) -> bool;
}

/// A pull that could not leave this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressFailure {
    /// Whose way out it was.
    pub source: ProxySource,
    /// What happened, as a sentence without an end.
    pub sentence: String,
}
