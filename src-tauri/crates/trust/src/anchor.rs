//! One certificate of the pool: what it vouches for, and for how long.

use aws_lc_rs::digest::{SHA256, digest};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, TrustAnchor},
};
use x509_parser::{
    certificate::X509Certificate,
    prelude::{FromDer, X509Version},
};

/// Stands for all bytes of a certificate.
pub(crate) type Fingerprint = [u8; 32];

#[derive(Debug)]
pub(crate) struct Anchor {
    pub(crate) fingerprint: Fingerprint,
    /// What it vouches for others with.
    pub(crate) key: TrustAnchor<'static>,
    /// Whether it may vouch for others: RFC 5280, 4.2.1.3 and 4.2.1.9, and certificates older than both.
    pub(crate) may_sign: bool,
    /// Whether what it vouches for may be servers: it names no purpose, or this one (RFC 5280, 4.2.1.12).
    pub(crate) is_for_servers: bool,
    /// How many certificates may stand between it and a server's; none where it says nothing.
    pub(crate) longest: Option<usize>,
    /// Seconds since 1970.
    begins: i64,
    ends: i64,
}

impl Anchor {
    /// Reads a certificate; none where it is not one.
    pub(crate) fn read(der: &CertificateDer<'static>) -> Option<Self> {
        let mut store = RootCertStore::empty();
        store.add(der.clone()).ok()?;
        let key = store.roots.pop()?;
        let fingerprint = fingerprint(der);
        // What one reader understands and the other does not is believed as it always was.
        let Ok((_, certificate)) = X509Certificate::from_der(der) else {
            let (begins, ends) = (i64::MIN, i64::MAX);
            let longest = None;
            return Some(Self {
                fingerprint,
                key,
                may_sign: true,
                is_for_servers: true,
                longest,
                begins,
                ends,
            });
        };
        let (begins, ends) = dates(&certificate);
        let (may_sign, is_for_servers) = (may_sign(&certificate), is_for_servers(&certificate));
        let longest = longest(&certificate);
        Some(Self { fingerprint, key, may_sign, is_for_servers, longest, begins, ends })
    }

    pub(crate) fn is_in_date(&self, now: i64) -> bool {
        self.begins <= now && now <= self.ends
    }
}

pub(crate) fn fingerprint(der: &[u8]) -> Fingerprint {
    let mut fingerprint = Fingerprint::default();
    fingerprint.copy_from_slice(digest(&SHA256, der).as_ref());
    fingerprint
}

/// First and last second of a certificate's life.
pub(crate) fn dates(certificate: &X509Certificate<'_>) -> (i64, i64) {
    let validity = certificate.validity();
    (validity.not_before.timestamp(), validity.not_after.timestamp())
}

/// A certificate that names purposes must name this one, or any.
pub(crate) fn is_for_servers(certificate: &X509Certificate<'_>) -> bool {
    let Ok(purposes) = certificate.extended_key_usage() else { return false };
    purposes.is_none_or(|purposes| purposes.value.any || purposes.value.server_auth)
}

fn longest(certificate: &X509Certificate<'_>) -> Option<usize> {
    let constraints = certificate.basic_constraints().ok().flatten()?.value;
    let longest = constraints.path_len_constraint.filter(|_| constraints.ca)?;
    usize::try_from(longest).ok()
}

fn may_sign(certificate: &X509Certificate<'_>) -> bool {
    let is_authority = match certificate.basic_constraints() {
        Ok(Some(constraints)) => constraints.value.ca,
        Ok(None) => certificate.version() != X509Version::V3,
        Err(_) => false,
    };
    let usage = certificate.key_usage();
    is_authority && usage.is_ok_and(|usage| usage.is_none_or(|usage| usage.value.key_cert_sign()))
}
