//! Which certificates are believed at the registry's end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::{
    CipherSuite, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};
use thiserror::Error;

use super::{Destination, RegistryTrust, Upstreams};

/// The TLS configurations of the upstream leg, made once each.
pub(crate) struct Trust {
    roots: Arc<RootCertStore>,
    standard: Arc<ClientConfig>,
    unverified: Arc<ClientConfig>,
    special: Mutex<HashMap<String, Result<Arc<ClientConfig>, TrustError>>>,
}

/// Trust files that cannot be used.
#[derive(Clone, Debug, Error)]
#[error("the certificates for `{host}` on this machine cannot be used: {why}")]
pub(crate) struct TrustError {
    pub(crate) host: String,
    pub(crate) why: String,
}

impl Trust {
    /// Reads the system's certificates; a damaged one among them is skipped, as Go does.
    pub(crate) fn of_system() -> Self {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "a certificate of the system is not readable");
        }
        roots.add_parsable_certificates(found.certs);
        let roots = Arc::new(roots);
        let standard =
            Arc::new(finish(builder().with_root_certificates(Arc::clone(&roots)).with_no_client_auth()));
        let anything = builder().dangerous().with_custom_certificate_verifier(Arc::new(Anything(provider())));
        let unverified = Arc::new(finish(anything.with_no_client_auth()));
        Self { roots, standard, unverified, special: Mutex::default() }
    }

    /// The configuration for a host, with the machine's own trust for it added to the system's.
    pub(crate) fn for_host(
        &self,
        upstreams: &Upstreams,
        destination: &Destination,
    ) -> Result<Arc<ClientConfig>, TrustError> {
        let key = destination.host_port();
        let listed =
            upstreams.registries.get(&key).or_else(|| upstreams.registries.get(&destination.authority()));
        let Some(trust) = listed else { return Ok(Arc::clone(&self.standard)) };
        let mut special = self.special.lock().unwrap_or_else(PoisonError::into_inner);
        special.entry(key).or_insert_with(|| self.special(&destination.host, trust)).clone()
    }

    /// For registries that the machine lists as insecure.
    pub(crate) fn unverified(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.unverified)
    }

    fn special(&self, host: &str, trust: &RegistryTrust) -> Result<Arc<ClientConfig>, TrustError> {
        let fail = |why: String| TrustError { host: host.to_owned(), why };
        let mut roots = RootCertStore::clone(&self.roots);
        for pem in &trust.authorities {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|error| fail(error.to_string()))?;
                roots.add(certificate).map_err(|error| fail(error.to_string()))?;
            }
        }
        let builder = builder().with_root_certificates(roots);
        let config = match trust.clients.first() {
            None => builder.with_no_client_auth(),
            Some(client) => {
                let chain = CertificateDer::pem_slice_iter(client.certificate.as_bytes())
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(|error| fail(error.to_string()))?;
                let key = PrivateKeyDer::from_pem_slice(client.key.as_bytes())
                    .map_err(|error| fail(error.to_string()))?;
                builder.with_client_auth_cert(chain, key).map_err(|error| fail(error.to_string()))?
            }
        };
        Ok(Arc::new(finish(config)))
    }
}

/// Prefers what Go prefers where the processor knows AES: that is what engines would ask a registry for.
fn provider() -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    Arc::new(provider)
}

fn builder() -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    let config = ClientConfig::builder_with_provider(provider());
    #[expect(
        clippy::expect_used,
        reason = "the provider supports both versions; nothing at run time decides it"
    )]
    config.with_safe_default_protocol_versions().expect("aws-lc-rs speaks TLS 1.2 and 1.3")
}

fn finish(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// Believes any certificate: the person or the administrator listed the registry as insecure.
#[derive(Debug)]
struct Anything(Arc<CryptoProvider>);

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
