//! Signatures of authorities with RSA keys of 1024 bits and more, which engines believe and verifiers of the web do not.
//! Only certificates are checked so: a server with such a key of its own proves itself by RSA-PSS, for which the library
//! wants 2048 bits.

use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RsaParameters, UnparsedPublicKey,
};
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

/// SHA-384 is not among what the library does with such keys.
pub(crate) const SHORT_KEYS: [&dyn SignatureVerificationAlgorithm; 2] = [
    &ShortKey { signature: alg_id::RSA_PKCS1_SHA256, by: &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY },
    &ShortKey { signature: alg_id::RSA_PKCS1_SHA512, by: &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY },
];

/// The least that the library takes of a server, in bits.
pub(crate) const SERVERS_LEAST: usize = 2048;

#[derive(Debug)]
struct ShortKey {
    signature: AlgorithmIdentifier,
    by: &'static RsaParameters,
}

impl SignatureVerificationAlgorithm for ShortKey {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(self.by, public_key).verify(message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}
