//! Configurations of TLS clients.

use std::sync::Arc;

use rustls::{
    CipherSuite, ClientConfig, ConfigBuilder, WantsVerifier,
    client::{WantsClientCert, danger::ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs},
};
use thiserror::Error;

use crate::{
    Identities, Pool,
    key_exchange::P521,
    verifier::{Anything, Verifier},
};

/// The library of cryptography cannot speak TLS as it should; no input leads here.
#[derive(Clone, Debug, Error)]
#[error("TLS cannot be used: {0}")]
pub struct TlsError(#[from] rustls::Error);

/// A client that believes the pool and shows these certificates.
pub fn config(pool: Pool, identities: Identities, protocols: &[&str]) -> Result<ClientConfig, TlsError> {
    let provider = provider();
    let verifier = Verifier::new(pool, Arc::clone(&provider));
    let builder = with_verifier(builder(provider)?, Arc::new(verifier));
    let config = if identities.is_empty() {
        builder.with_no_client_auth()
    } else {
        builder.with_client_cert_resolver(Arc::new(identities))
    };
    Ok(speaking(config, protocols))
}

/// A client that believes anything.
pub fn unverified(protocols: &[&str]) -> Result<ClientConfig, TlsError> {
    let provider = provider();
    let verifier = Arc::new(Anything(Arc::clone(&provider)));
    let config = with_verifier(builder(provider)?, verifier).with_no_client_auth();
    Ok(speaking(config, protocols))
}

/// Prefers what Go prefers where the processor knows AES, and knows the curves that Go knows: that is what engines would
/// ask a registry for.
fn provider() -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    provider.kx_groups.push(&P521);
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    Arc::new(provider)
}

fn builder(provider: Arc<CryptoProvider>) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, TlsError> {
    Ok(ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?)
}

fn with_verifier(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    builder.dangerous().with_custom_certificate_verifier(verifier)
}

fn speaking(mut config: ClientConfig, protocols: &[&str]) -> ClientConfig {
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    config
}
