//! The certificates that are believed for a host.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;

use crate::{
    PemFlaw,
    anchor::{Anchor, Fingerprint},
    pem,
};

/// Certificates that are believed; a copy shares what it has in common.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    pub(crate) anchors: Vec<Arc<Anchor>>,
}

impl Pool {
    /// The machine's own; a damaged one among them is left out, as engines do.
    pub fn of_system() -> Self {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "a certificate of the system is not readable");
        }
        let mut pool = Self::default();
        for certificate in &found.certs {
            pool.add(certificate);
        }
        pool
    }

    /// Adds every certificate of a text of PEM that can be read, and says which cannot.
    pub fn add_pem(&mut self, text: &str) -> Vec<PemFlaw> {
        let mut flaws = Vec::new();
        for (place, certificate) in pem::certificates(text) {
            let is_read = certificate.is_some_and(|certificate| self.add(&certificate));
            flaws.extend((!is_read).then_some(place));
        }
        flaws
    }

    /// How many certificates there are.
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    pub(crate) fn holds(&self, fingerprint: &Fingerprint) -> bool {
        self.anchors.iter().any(|anchor| anchor.fingerprint == *fingerprint)
    }

    fn add(&mut self, certificate: &CertificateDer<'static>) -> bool {
        let Some(anchor) = Anchor::read(certificate) else { return false };
        if !self.holds(&anchor.fingerprint) {
            self.anchors.push(Arc::new(anchor));
        }
        true
    }
}
