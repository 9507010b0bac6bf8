//! A certificate authority of the test's own.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};

use crate::{
    ports::{BoxFuture, CertificateError, CertificateSource},
    tls::server_config,
};

pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pub(super) pem: String,
}

pub(super) struct Leaf {
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) key: Vec<u8>,
    pub(super) pem: String,
    pub(super) key_pem: String,
}

impl Authority {
    pub(super) fn new(name: &str) -> Arc<Self> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Arc::new(Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        })
    }

    /// A leaf that is good in these years.
    pub(super) fn leaf_for(&self, names: &[&str], years: (i32, i32)) -> Leaf {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Leaf {
            chain: vec![certificate.der().to_vec()],
            key: key.serialize_der(),
            pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        }
    }

    pub(super) fn leaf(&self, names: &[&str]) -> Leaf {
        self.leaf_for(names, (2020, 2100))
    }

    /// A server for these names.
    pub(super) fn server(&self, names: &[&str]) -> Arc<ServerConfig> {
        self.leaf(names).server()
    }

    /// A server for these names that wants a certificate of this authority from its clients.
    pub(super) fn asking_server(&self, names: &[&str]) -> Arc<ServerConfig> {
        let leaf = self.leaf(names);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()), Arc::clone(&provider))
                .build()
                .unwrap();
        let chain = leaf.chain.into_iter().map(CertificateDer::from).collect();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, PrivateKeyDer::try_from(leaf.key).unwrap())
            .unwrap();
        Arc::new(config)
    }

    /// A client that believes this authority alone.
    pub(super) fn client(&self) -> Arc<ClientConfig> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(self.roots())
            .with_no_client_auth();
        Arc::new(config)
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        roots
    }
}

impl Leaf {
    pub(super) fn server(self) -> Arc<ServerConfig> {
        server_config(self.chain, self.key, "the test").unwrap()
    }
}

impl CertificateSource for Authority {
    fn intercept<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Arc<ServerConfig>, CertificateError>> {
        Box::pin(async move { Ok(self.server(&[host])) })
    }

    fn mirror(&self) -> BoxFuture<'_, Result<Arc<ServerConfig>, CertificateError>> {
        Box::pin(async move { Ok(self.server(&["127.0.0.1"])) })
    }
}
