//! Secret keys, for the administrator's tool: machines have none.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::Refusal;

use super::envelope::{Envelope, PayloadType, Signature, pae};
use super::key::{LENGTH, SECRET_PREFIX, bytes_after};
use super::{KeyError, PublicKey};

/// An Ed25519 key that signs.
pub struct SigningKey {
    seed: [u8; LENGTH],
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl SigningKey {
    /// The key of 32 random bytes.
    pub fn from_seed(seed: [u8; LENGTH]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyError::Encoding)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Encoding)?;
        Ok(Self { seed, pair, public: PublicKey::new(public)? })
    }

    /// The public key that goes with it.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The secret text for the key's file, without a line break: `ed25519-secret:` and base64.
    pub fn secret_text(&self) -> String {
        format!("{SECRET_PREFIX}{}", STANDARD.encode(self.seed))
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature { key: self.public.id().into(), bytes: self.pair.sign(message).as_ref().to_vec() }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey {{ id: {}, secret: *** }}", self.public.id())
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;

    /// Reads the secret text without its line break.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        bytes_after(SECRET_PREFIX, text).unwrap_or(Err(KeyError::SecretPrefix)).and_then(Self::from_seed)
    }
}

/// Signs a document with each key and returns the envelope as printed JSON.
pub fn sign(payload_type: PayloadType, payload: &[u8], keys: &[SigningKey]) -> Vec<u8> {
    let envelope = Envelope {
        payload_type: payload_type.media_type().to_owned(),
        payload: payload.to_vec(),
        signatures: Vec::new(),
    };
    signed_also(envelope, keys)
}

/// Adds signatures to an envelope, for documents that need those of several people.
///
/// A signature that a key made before is replaced by its new one, and those of other keys stay as they are.
pub fn countersign(envelope: &[u8], keys: &[SigningKey]) -> Result<Vec<u8>, Refusal> {
    Envelope::parse(envelope).map(|envelope| signed_also(envelope, keys))
}

fn signed_also(mut envelope: Envelope, keys: &[SigningKey]) -> Vec<u8> {
    let message = pae(&envelope.payload_type, &envelope.payload);
    for key in keys {
        let signature = key.sign(&message);
        envelope.signatures.retain(|other| other.key != signature.key);
        envelope.signatures.push(signature);
    }
    envelope.to_bytes()
}
