//! Which certificate a caller is shown, by the name it asks for.

use std::fs;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::certificates::{FOLDER, SPECIAL};

/// The configurations of all hosts.
pub(crate) struct Identities {
    public: Arc<ServerConfig>,
    special: Vec<(&'static str, Arc<ServerConfig>)>,
}

impl Identities {
    pub(crate) fn load() -> Self {
        let special = SPECIAL.iter().map(|&name| (name, config(name))).collect();
        Self { public: config("public"), special }
    }

    /// The configuration for a server name, if one was sent.
    pub(crate) fn choose(&self, name: Option<&str>) -> Arc<ServerConfig> {
        let special = self.special.iter().find(|(known, _)| name == Some(known));
        Arc::clone(special.map_or(&self.public, |(_, config)| config))
    }
}

fn config(name: &str) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().expect("the provider knows TLS 1.2 and 1.3");
    let builder = if name == "registry.acme.example" {
        let mut roots = RootCertStore::empty();
        roots.add(certificate("acme-ca")).expect("the authority was made here");
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build().expect("there is one root"))
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivateKeyDer::from_pem_slice(&read(&format!("{name}.key"))).expect("the key was made here");
    let mut config =
        builder.with_single_cert(vec![certificate(name)], key).expect("key and certificate match");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

fn certificate(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(&read(&format!("{name}.pem"))).expect("the certificate was made here")
}

fn read(name: &str) -> Vec<u8> {
    let path = format!("{FOLDER}/{name}");
    fs::read(&path)
        .unwrap_or_else(|error| panic!("cannot read {path}; run `internet prepare` first: {error}"))
}
