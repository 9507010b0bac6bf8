//! Certificates for the hosts the gateway stands in for: the key is made here and stays here, the steward signs.

mod cache;

use std::{sync::Arc, time::Duration};

use ca::{CaError, LeafKey};
use gateway::{BoxFuture, CertificateError, CertificateSource, server_config};
use ipc::Bytes;
use rustls::ServerConfig;
use steward_protocol::{Issuer, StewardRequest, StewardResponse};
use wire::Severity;

use super::{
    conditions::Conditions,
    steward_client::{Steward, StewardError},
};
use cache::Cache;

/// Leaves by host, kept for a good part of their life.
pub(super) struct StewardCertificates {
    steward: Steward,
    conditions: Arc<Conditions>,
    key: LeafKey,
    known: Cache<Arc<ServerConfig>>,
}

pub(super) const CODE: &str = "certificates-unavailable";
/// A leaf lives 30 days; the machine may sleep through some of this time.
const KEEP: Duration = Duration::from_secs(24 * 3600);
/// One host a pull; a build may name many.
const AT_MOST: usize = 1024;
/// What the mirror front is called by, on this machine and from guests.
const MIRROR_NAMES: [&str; 7] = [
    "127.0.0.1",
    "::1",
    "localhost",
    "host.docker.internal",
    "host.containers.internal",
    "host.lima.internal",
    "192.168.5.2",
];

impl StewardCertificates {
    pub(super) fn new(steward: Steward, conditions: Arc<Conditions>) -> Result<Self, CaError> {
        Ok(Self { steward, conditions, key: LeafKey::generate()?, known: Cache::new(AT_MOST, KEEP) })
    }

    /// One signature for a host at a time: engines open several connections to one at once.
    async fn leaf(
        &self,
        issuer: Issuer,
        host: &str,
        names: Vec<String>,
    ) -> Result<Arc<ServerConfig>, CertificateError> {
        self.known.get(host, self.sign(issuer, host, names)).await
    }

    async fn sign(
        &self,
        issuer: Issuer,
        host: &str,
        names: Vec<String>,
    ) -> Result<Arc<ServerConfig>, CertificateError> {
        let fail = |why: String| CertificateError { host: host.to_owned(), why };
        let request = StewardRequest::SignLeaf {
            authority: issuer,
            public_key_der: Bytes(self.key.spki_der.clone()),
            names,
        };
        let chain_der = match self.steward.ask(request).await {
            Ok(StewardResponse::Leaf { chain_der }) => chain_der,
            Ok(_) => {
                return Err(fail(
                    "the Pullgate helper answered with something else than a certificate".into(),
                ));
            }
            Err(error) => {
                self.tell(&error);
                return Err(fail(error.to_string()));
            }
        };
        self.conditions.clear(CODE);
        let chain = chain_der.into_iter().map(|der| der.0).collect();
        server_config(chain, self.key.pkcs8_der.clone(), host)
    }
}

impl StewardCertificates {
    /// A refusal is about one name; a steward that cannot be asked concerns every registry that is new here.
    fn tell(&self, error: &StewardError) {
        if matches!(error, StewardError::Refused(_)) {
            return;
        }
        let sentence = format!("Registries that were not asked since the start cannot be reached: {error}");
        self.conditions.raise(CODE, Severity::Critical, sentence, Some("Run `pullgate doctor`"));
    }
}

impl CertificateSource for StewardCertificates {
    fn intercept<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Arc<ServerConfig>, CertificateError>> {
        Box::pin(self.leaf(Issuer::Intercept, host, vec![host.to_owned()]))
    }

    fn mirror(&self) -> BoxFuture<'_, Result<Arc<ServerConfig>, CertificateError>> {
        Box::pin(self.leaf(Issuer::Mirror, "(mirror)", MIRROR_NAMES.map(str::to_owned).to_vec()))
    }
}
