//! The verifier of servers' certificates, in the order in which engines look: dates, name, authority.

use std::sync::Arc;

use rustls::{
    DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, UnixTime},
};
use x509_parser::{certificate::X509Certificate, prelude::FromDer, public_key::PublicKey};

use crate::{
    Flaw, Pool,
    anchor::{Anchor, dates, fingerprint, is_for_servers},
    chain, names,
    short_keys::{SERVERS_LEAST, SHORT_KEYS},
    shown::Shown,
};

/// Believes what the pool vouches for.
#[derive(Debug)]
pub(crate) struct Verifier {
    pool: Pool,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    pub(crate) fn new(pool: Pool, provider: Arc<CryptoProvider>) -> Self {
        Self { pool, provider }
    }

    fn verify(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: i64,
    ) -> Result<(), Flaw> {
        let (_, certificate) = X509Certificate::from_der(end_entity).map_err(|_| Flaw::Unreadable)?;
        in_date(&certificate, now)?;
        names::covers(&certificate, name)?;
        if !self.pool.holds(&fingerprint(end_entity)) {
            self.vouched(end_entity, intermediates, now)?;
        } else if !is_for_servers(&certificate) {
            return Err(Flaw::OtherPurpose);
        }
        long_enough(&certificate)
    }

    /// Whether a chain leads to an authority of the pool.
    fn vouched(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: i64,
    ) -> Result<(), Flaw> {
        let shown = Shown::of(end_entity, intermediates);
        let usual = self.provider.signature_verification_algorithms.all;
        // The library takes the first that fits, by kind and not by length.
        let known: Vec<&dyn SignatureVerificationAlgorithm> =
            SHORT_KEYS.into_iter().chain(usual.iter().copied()).collect();
        let signed = shown.algorithms(&known);
        let algorithms: Vec<&dyn SignatureVerificationAlgorithm> =
            signed.iter().map(|one| one as &dyn SignatureVerificationAlgorithm).collect();
        let leads_to = |wanted: &dyn Fn(&Anchor) -> bool| {
            let anchors = self.pool.anchors.iter().map(AsRef::as_ref);
            let anchors: Vec<&Anchor> = anchors.filter(|anchor| wanted(anchor)).collect();
            chain::leads_to(&shown, &anchors, now, &algorithms)
        };
        let flaw = match leads_to(&|anchor| anchor.may_sign && anchor.is_in_date(now)) {
            Ok(()) => return Ok(()),
            Err(flaw) => flaw,
        };
        if flaw == Flaw::UnknownAuthority && leads_to(&|anchor| anchor.may_sign).is_ok() {
            return Err(Flaw::AuthorityExpired);
        }
        if flaw == Flaw::UnknownAuthority && leads_to(&|anchor| anchor.is_in_date(now)).is_ok() {
            return Err(Flaw::NotAnAuthority);
        }
        Err(flaw)
    }
}

fn in_date(certificate: &X509Certificate<'_>, now: i64) -> Result<(), Flaw> {
    let (begins, ends) = dates(certificate);
    if now < begins {
        return Err(Flaw::NotYetValid(begins));
    }
    if now > ends { Err(Flaw::Expired(ends)) } else { Ok(()) }
}

/// A server with a shorter key could not prove itself to this library.
fn long_enough(certificate: &X509Certificate<'_>) -> Result<(), Flaw> {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) if key.key_size() < SERVERS_LEAST => Err(Flaw::ShortKey),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Whether a server has the key of its certificate, which the library reads once more for that.
fn signed_in_tls12(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    provider: &CryptoProvider,
) -> Result<HandshakeSignatureValid, rustls::Error> {
    let shown = Shown::of(certificate, &[]);
    let algorithms = &provider.signature_verification_algorithms;
    verify_tls12_signature(message, &shown.server, signature, algorithms)
}

fn signed_in_tls13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    provider: &CryptoProvider,
) -> Result<HandshakeSignatureValid, rustls::Error> {
    let shown = Shown::of(certificate, &[]);
    let algorithms = &provider.signature_verification_algorithms;
    verify_tls13_signature(message, &shown.server, signature, algorithms)
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        self.verify(end_entity, intermediates, name, now)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        signed_in_tls12(message, certificate, signature, &self.provider)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        signed_in_tls13(message, certificate, signature, &self.provider)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Believes any certificate, for registries that are listed as insecure.
#[derive(Debug)]
pub(crate) struct Anything(pub(crate) Arc<CryptoProvider>);

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
        signed_in_tls12(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        signed_in_tls13(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
