//! The key of a leaf, made and kept by whoever serves with it.

use std::fmt;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData};

use crate::CaError;

/// A fresh P-256 key: the public half is sent to be signed, the private half stays.
pub struct LeafKey {
    /// The public key as SubjectPublicKeyInfo, for `Authority::sign`.
    pub spki_der: Vec<u8>,
    /// The private key in PKCS #8, for a TLS server.
    pub pkcs8_der: Vec<u8>,
}

impl LeafKey {
    /// Makes a key.
    pub fn generate() -> Result<Self, CaError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        Ok(Self { spki_der: key.subject_public_key_info(), pkcs8_der: key.serialize_der() })
    }
}

impl fmt::Debug for LeafKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LeafKey").finish_non_exhaustive()
    }
}
