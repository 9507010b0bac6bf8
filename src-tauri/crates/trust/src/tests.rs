use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    client::ResolvesClientCert,
    client::danger::ServerCertVerifier,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use crate::{Flaw, Identities, IdentityError, Pool, verifier::Verifier};

mod anchors;
mod handshakes;
mod identities;
mod pems;
mod zoo;

const HOST: &str = "registry.lab.example";

struct Made {
    der: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
    params: CertificateParams,
}

impl Made {
    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }
}

/// A certificate's parameters, in date for seventy years.
fn params(names: &[&str], common: &str) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common);
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2090, 1, 1));
    params
}

fn with(mut params: CertificateParams, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    change(&mut params);
    params
}

fn own(params: CertificateParams) -> Made {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Made { der: certificate.der().clone(), pem: certificate.pem(), key, params }
}

fn signed(params: CertificateParams, by: &Made) -> Made {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &by.issuer()).unwrap();
    Made { der: certificate.der().clone(), pem: certificate.pem(), key, params }
}

fn authority(common: &str) -> CertificateParams {
    let mut params = params(&[], common);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn pool(trusted: &[&Made]) -> Pool {
    let mut pool = Pool::default();
    trusted.iter().for_each(|one| assert_eq!(pool.add_pem(&one.pem), []));
    pool
}

fn judged(trusted: &[&Made], server: &Made, between: &[&Made]) -> Result<(), Flaw> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Verifier::new(pool(trusted), provider);
    let between: Vec<_> = between.iter().map(|one| one.der.clone()).collect();
    let name = ServerName::try_from(HOST).unwrap();
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_800_000_000));
    let verified = verifier.verify_server_cert(&server.der, &between, &name, &[], now);
    verified.map(|_| ()).map_err(|error| Flaw::of(&error).unwrap())
}
