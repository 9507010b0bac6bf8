//! Whom to trust: the machine's authorities and those an administrator added.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};

use super::WebError;

pub(super) fn config(authorities: &[String]) -> Result<ClientConfig, WebError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| WebError::invalid("TLS", format!("cannot be used ({error})")))?;
    let mut config = builder.with_root_certificates(roots(authorities)?).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn roots(authorities: &[String]) -> Result<RootCertStore, WebError> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "an authority of the machine cannot be read");
    }
    roots.add_parsable_certificates(native.certs);
    for text in authorities {
        add(&mut roots, text)?;
    }
    Ok(roots)
}

fn add(roots: &mut RootCertStore, text: &str) -> Result<(), WebError> {
    let unreadable = || {
        let why = "is not a certificate in PEM; it begins with `-----BEGIN CERTIFICATE-----`";
        WebError::invalid("the added authority", why)
    };
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
        let certificate = certificate.map_err(|_| unreadable())?;
        roots.add(certificate).map_err(|_| unreadable())?;
    }
    if roots.len() == before { Err(unreadable()) } else { Ok(()) }
}
