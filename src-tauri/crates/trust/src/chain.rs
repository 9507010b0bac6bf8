//! Whether certificates lead to an authority: the library's chains, with what engines want of them beyond.

use std::{ptr, time::Duration};

use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeId, KeyPurposeIdIter, VerifiedPath};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use crate::{Flaw, anchor::Anchor, shown::Shown};

/// RFC 5280, 4.2.1.12: 1.3.6.1.5.5.7.3.1 and 2.5.29.37.0, as they are encoded.
const FOR_SERVERS: KeyPurposeId<'static> = KeyPurposeId::new(&[0x2b, 6, 1, 5, 5, 7, 3, 1]);
const FOR_ANYTHING: KeyPurposeId<'static> = KeyPurposeId::new(&[0x55, 0x1d, 0x25, 0]);

#[expect(deprecated, reason = "its successor can only be made by the library")]
const OTHER_PURPOSE: Error = Error::RequiredEkuNotFound;

/// Whether these certificates lead to one of the anchors.
pub(crate) fn leads_to(
    shown: &Shown<'_>,
    anchors: &[&Anchor],
    now: i64,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
) -> Result<(), Flaw> {
    let roots: Vec<TrustAnchor<'_>> = anchors.iter().map(|anchor| anchor.key.clone()).collect();
    let server = EndEntityCert::try_from(&shown.server).map_err(|error| flaw(&error))?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now).unwrap_or(0)));
    let may = |path: &VerifiedPath<'_>| {
        let root = roots.iter().position(|root| ptr::eq::<TrustAnchor<'_>>(root, path.anchor()));
        let anchor = root.and_then(|place| anchors.get(place)).ok_or(Error::UnknownIssuer)?;
        may_sign(path, anchor)
    };
    server
        .verify_for_usage(algorithms, &roots, &shown.between, now, Servers, None, Some(&may))
        .map(|_| ())
        .map_err(|error| flaw(&error))
}

/// What the library does not look at: the key usage of those in between, and the anchor's own limits.
fn may_sign(path: &VerifiedPath<'_>, anchor: &Anchor) -> Result<(), Error> {
    let between: Vec<CertificateDer<'_>> =
        path.intermediate_certificates().map(|certificate| certificate.der()).collect();
    if !between.iter().all(may_sign_others) {
        return Err(Error::EndEntityUsedAsCa);
    }
    if anchor.longest.is_some_and(|longest| between.len() > longest) {
        return Err(Error::PathLenConstraintViolated);
    }
    if anchor.is_for_servers { Ok(()) } else { Err(OTHER_PURPOSE) }
}

/// Whether a certificate that names its uses names this one; what only one of two readers understands is let be.
fn may_sign_others(der: &CertificateDer<'_>) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else { return true };
    certificate.key_usage().ok().flatten().is_none_or(|usage| usage.value.key_cert_sign())
}

/// Every certificate of a chain that names purposes must name this one, or any.
struct Servers;

impl ExtendedKeyUsageValidator for Servers {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        let mut names_some = false;
        for purpose in purposes {
            let purpose = purpose?;
            if purpose == FOR_SERVERS || purpose == FOR_ANYTHING {
                return Ok(());
            }
            names_some = true;
        }
        if names_some { Err(OTHER_PURPOSE) } else { Ok(()) }
    }
}

fn flaw(error: &Error) -> Flaw {
    #[expect(deprecated, reason = "it is told by older parts of the library, and by this one")]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the list is open; the rest cannot be used")]
    match error {
        // A signature that does not fit was made by somebody else of the same name.
        Error::UnknownIssuer | Error::InvalidSignatureForPublicKey => Flaw::UnknownAuthority,
        // The server's own dates are known to be right by the time that a chain is looked at.
        Error::CertExpired { .. } | Error::CertNotValidYet { .. } => Flaw::AuthorityExpired,
        Error::EndEntityUsedAsCa => Flaw::NotAnAuthority,
        Error::RequiredEkuNotFound | Error::RequiredEkuNotFoundContext(_) => Flaw::OtherPurpose,
        Error::NameConstraintViolation | Error::PathLenConstraintViolated => Flaw::NotPermitted,
        Error::MaximumPathDepthExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumSignatureChecksExceeded => Flaw::LongChain,
        Error::SignatureAlgorithmMismatch
        | Error::UnsupportedSignatureAlgorithm
        | Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKey
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Flaw::Weak,
        Error::UnsupportedCriticalExtension => Flaw::UnknownExtension,
        _ => Flaw::Unreadable,
    }
}
