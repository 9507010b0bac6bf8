mod folder;
mod handshake;
mod rotation;

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use super::*;

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days * 24)
}

fn open(folder: &Path, kind: Kind, now: Timestamp) -> Result<Authority, CaError> {
    Authority::load_or_create(folder, kind, "Acme", now)
}

/// A server with a certificate and its key.
struct Server {
    chain: Vec<Vec<u8>>,
    key: LeafKey,
}

impl Server {
    fn new(sign: impl FnOnce(&[u8]) -> Result<Vec<Vec<u8>>, CaError>) -> Self {
        let key = LeafKey::generate().unwrap();
        Self { chain: sign(&key.spki_der).unwrap(), key }
    }

    fn of(authority: &Authority, names: &[&str], now: Timestamp) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Self::new(|key| authority.sign(key, &names, now))
    }

    /// Whether a client that trusts only this bundle completes a handshake with this name.
    fn is_accepted(&self, bundle: &str, name: &str) -> Result<(), rustls::Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(bundle.as_bytes()) {
            roots.add(certificate.unwrap()).unwrap();
        }
        let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let chain = self.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
        let key = PrivatePkcs8KeyDer::from(self.key.pkcs8_der.clone());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key.into())?;
        let name = ServerName::try_from(name.to_owned()).unwrap();
        shake_hands(ClientConnection::new(Arc::new(client), name)?, ServerConnection::new(Arc::new(server))?)
    }
}

fn shake_hands(mut client: ClientConnection, mut server: ServerConnection) -> Result<(), rustls::Error> {
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(())
}
