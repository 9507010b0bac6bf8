//! What the library is shown of a server's certificates. It refuses some things before it looks at anything else that
//! engines take like any other: a server's certificate that could sign others, and critical extensions about policies.
//! So it sees them without those bits, and each signature is checked over the bytes that were signed.

use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm,
};
use x509_parser::{
    certificate::X509Certificate,
    der_parser::{Oid, oid},
    extensions::X509Extension,
    oid_registry::OID_X509_EXT_BASIC_CONSTRAINTS,
    prelude::FromDer,
};

/// Certificate policies, policy mappings, policy constraints and `inhibitAnyPolicy` (RFC 5280, 4.2.1.4, 5, 11 and 14):
/// the last two are always critical. Nobody here asks for a policy, so they rule nothing out.
const POLICIES: [Oid<'static>; 4] = [oid!(2.5.29.32), oid!(2.5.29.33), oid!(2.5.29.36), oid!(2.5.29.54)];

/// A server's certificate and those that came with it, as the library sees them.
pub(crate) struct Shown<'a> {
    pub(crate) server: CertificateDer<'a>,
    pub(crate) between: Vec<CertificateDer<'a>>,
    changes: Vec<Change>,
}

/// The part of a certificate that is signed, as it is shown and as it is.
struct Change {
    shown: Vec<u8>,
    signed: Vec<u8>,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(server: &'a CertificateDer<'a>, between: &'a [CertificateDer<'a>]) -> Self {
        let mut changes = Vec::new();
        let mut show = |der: &'a CertificateDer<'a>, is_server: bool| match changed(der, is_server) {
            Some((der, change)) => {
                changes.push(change);
                der
            }
            None => CertificateDer::from(der.as_ref()),
        };
        let server = show(server, true);
        let between = between.iter().map(|der| show(der, false)).collect();
        Self { server, between, changes }
    }

    /// The algorithms, which check signatures over what was signed.
    pub(crate) fn algorithms<'s>(
        &'s self,
        algorithms: &[&'s dyn SignatureVerificationAlgorithm],
    ) -> Vec<Signed<'s>> {
        algorithms.iter().map(|&algorithm| Signed { algorithm, changes: &self.changes }).collect()
    }
}

/// None where the library takes the certificate as it is, or where it cannot be read.
fn changed(der: &[u8], is_server: bool) -> Option<(CertificateDer<'static>, Change)> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let extensions = certificate.extensions().iter();
    let places = extensions.filter_map(|one| {
        if is_server && one.oid == OID_X509_EXT_BASIC_CONSTRAINTS {
            return authority_bit(der, one);
        }
        POLICIES.contains(&one.oid).then(|| critical_bit(der, one))?
    });
    let places: Vec<usize> = places.collect();
    if places.is_empty() {
        return None;
    }
    let signed = certificate.tbs_certificate.as_ref();
    let begin = place(der, signed)?;
    let mut plain = der.to_vec();
    for place in places {
        *plain.get_mut(place)? = 0;
    }
    let shown = plain.get(begin..begin.checked_add(signed.len())?)?.to_vec();
    Some((plain.into(), Change { shown, signed: signed.to_vec() }))
}

/// Where it says that it may sign others: SEQUENCE { BOOLEAN TRUE … }, with one byte of length as all short values have.
fn authority_bit(der: &[u8], extension: &X509Extension<'_>) -> Option<usize> {
    let is_authority = matches!(extension.value, [0x30, 0..=0x7f, 0x01, 0x01, 0xff, ..]);
    place(der, extension.value)?.checked_add(4).filter(|_| is_authority)
}

/// Where it says that it is critical: BOOLEAN TRUE before the OCTET STRING of its value.
fn critical_bit(der: &[u8], extension: &X509Extension<'_>) -> Option<usize> {
    let head = match extension.value.len() {
        ..=0x7f => 2,
        0x80..=0xff => 3,
        0x100..=0xffff => 4,
        _ => return None,
    };
    let after = place(der, extension.value)?.checked_sub(head)?;
    let begin = after.checked_sub(3)?;
    (der.get(begin..after)? == [0x01, 0x01, 0xff]).then(|| begin.checked_add(2))?
}

/// Where the part begins in the whole.
fn place(whole: &[u8], part: &[u8]) -> Option<usize> {
    let at = (part.as_ptr().addr()).checked_sub(whole.as_ptr().addr())?;
    (whole.get(at..at.checked_add(part.len())?)? == part).then_some(at)
}

/// One algorithm for the certificates of one server.
pub(crate) struct Signed<'a> {
    algorithm: &'a dyn SignatureVerificationAlgorithm,
    changes: &'a [Change],
}

impl std::fmt::Debug for Signed<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Signed").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl SignatureVerificationAlgorithm for Signed<'_> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let change = self.changes.iter().find(|change| change.shown == message);
        let message = change.map_or(message, |change| &change.signed);
        self.algorithm.verify_signature(public_key, message, signature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}
