//! Why a server's certificate is not believed.

use std::sync::Arc;

use rustls::{CertificateError, OtherError};
use thiserror::Error;

/// What is wrong with a server's certificate, as the end of a sentence that begins with "the certificate".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Flaw {
    /// It has ended; seconds since 1970.
    #[error("has expired")]
    Expired(i64),
    /// It has not begun; seconds since 1970.
    #[error("is not valid yet")]
    NotYetValid(i64),
    /// It has no subject alternative name, and the common name does not count.
    #[error("names no host, as it has no subject alternative name (SAN)")]
    NoNames,
    /// It is for other hosts.
    #[error("is for another host")]
    OtherHost,
    /// Nobody who is trusted has signed it.
    #[error("is signed by an authority that this machine does not trust")]
    UnknownAuthority,
    /// The authority that signed it is out of date.
    #[error("is signed by an authority that has expired")]
    AuthorityExpired,
    /// What signed it is trusted and no authority.
    #[error("is signed by a certificate that is no authority")]
    NotAnAuthority,
    /// It is for something else than servers.
    #[error("is not meant for servers")]
    OtherPurpose,
    /// Its authority may not sign it: for that name, or so far below itself.
    #[error("is outside what its authority may sign (name constraints or length of the chain)")]
    NotPermitted,
    /// There are more certificates between it and its authority than are followed.
    #[error("comes with more than six intermediate certificates, which is as many as Pullgate follows")]
    LongChain,
    /// Its RSA key is shorter than what is taken of a server.
    #[error("has an RSA key of less than 2048 bits")]
    ShortKey,
    /// It, or its chain, has an extension that must be understood, and is not.
    #[error("has a critical extension that is not known")]
    UnknownExtension,
    /// It, or its chain, uses a kind of key or signature that is not believed.
    #[error("has a key or a signature of a kind that is too weak or not known")]
    Weak,
    /// It cannot be read.
    #[error("cannot be read")]
    Unreadable,
}

impl Flaw {
    /// What an error of TLS says of the server's certificate; none where it is about something else.
    pub fn of(error: &rustls::Error) -> Option<Self> {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the list is open; the rest is about something else"
        )]
        match error {
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
                Some(inner.downcast_ref().copied().unwrap_or(Self::Unreadable))
            }
            rustls::Error::InvalidCertificate(error) => Some(Self::of_certificate(error)),
            rustls::Error::NoCertificatesPresented => Some(Self::Unreadable),
            _ => None,
        }
    }

    pub(crate) fn of_certificate(error: &CertificateError) -> Self {
        #[expect(deprecated, reason = "it is told by older parts of the library")]
        #[expect(clippy::wildcard_enum_match_arm, reason = "the list is open; the rest cannot be used")]
        match error {
            CertificateError::UnknownIssuer => Self::UnknownAuthority,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                Self::OtherPurpose
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherHost
            }
            // The server's own dates are known to be right by the time that a chain is looked at.
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Self::AuthorityExpired,
            CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithm
            | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => Self::Weak,
            _ => Self::Unreadable,
        }
    }
}

impl From<Flaw> for rustls::Error {
    fn from(flaw: Flaw) -> Self {
        Self::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(flaw))))
    }
}
