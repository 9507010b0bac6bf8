//! Certificates of this machine for servers that ask for one, chosen as engines choose.

use std::{fmt, sync::Arc};

use rustls::{
    SignatureScheme,
    client::ResolvesClientCert,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use thiserror::Error;
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

/// Certificates with their keys, in the order of their files.
#[derive(Default)]
pub struct Identities(Vec<Identity>);

struct Identity {
    /// The distinguished names of those who signed it and its chain.
    issuers: Vec<Vec<u8>>,
    key: Arc<CertifiedKey>,
}

/// A pair that cannot be shown to anybody.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// Its certificate cannot be read.
    #[error("the certificate cannot be read")]
    Certificate,
    /// Its key cannot be read.
    #[error("the key cannot be read")]
    Key,
    /// The two do not belong together.
    #[error("the key is not that of the certificate")]
    Different,
}

impl Identities {
    /// Adds a pair in PEM.
    pub fn add_pem(&mut self, certificate: &str, key: &str) -> Result<(), IdentityError> {
        let chain = CertificateDer::pem_slice_iter(certificate.as_bytes()).collect::<Result<Vec<_>, _>>();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(IdentityError::Certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| IdentityError::Key)?;
        let key = aws_lc_rs::sign::any_supported_type(&key).map_err(|_| IdentityError::Key)?;
        let issuers = chain.iter().map(|one| issuer(one).ok_or(IdentityError::Certificate));
        let issuers = issuers.collect::<Result<_, _>>()?;
        let key = CertifiedKey::new(chain, key);
        key.keys_match().map_err(|_| IdentityError::Different)?;
        self.0.push(Identity { issuers, key: Arc::new(key) });
        Ok(())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn issuer(der: &[u8]) -> Option<Vec<u8>> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    Some(certificate.issuer().as_raw().to_vec())
}

impl fmt::Debug for Identities {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Identities").field("count", &self.0.len()).finish()
    }
}

impl ResolvesClientCert for Identities {
    /// The first whose issuer the server names; the first of all where it names nobody.
    fn resolve(&self, named: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let fits = |identity: &&Identity| {
            let is_named = identity.issuers.iter().any(|issuer| named.contains(&issuer.as_slice()));
            (named.is_empty() || is_named) && identity.key.key.choose_scheme(schemes).is_some()
        };
        self.0.iter().find(fits).map(|identity| Arc::clone(&identity.key))
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}
