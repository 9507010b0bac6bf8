//! The seal: AES-256-GCM under a random nonce, after a first line that says so and that the seal covers.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

const OPENING: &[u8] = b"pullgate sealed session 1\n";

/// A key of 32 bytes.
pub(super) struct Key(RandomizedNonceKey);

impl Key {
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        RandomizedNonceKey::new(&AES_256_GCM, bytes).ok().map(Self)
    }

    pub(super) fn seal(&self, mut content: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = self.0.seal_in_place_append_tag(Aad::from(OPENING), &mut content).ok()?;
        Some([OPENING, nonce.as_ref(), &content].concat())
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, content) = sealed.strip_prefix(OPENING)?.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut content = content.to_vec();
        let length = self.0.open_in_place(nonce, Aad::from(OPENING), &mut content).ok()?.len();
        content.truncate(length);
        Some(content)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

pub(super) fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(OPENING)
}
