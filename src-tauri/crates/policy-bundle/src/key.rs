//! Public keys as people copy them, and their short names.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::hex;

const PREFIX: &str = "ed25519:";
pub(super) const SECRET_PREFIX: &str = "ed25519-secret:";

/// The bytes of an Ed25519 key or seed (RFC 8032).
pub(super) const LENGTH: usize = 32;

/// The bytes of a key whose SHA-256 begins its id.
const ID_BYTES: usize = 8;

/// An Ed25519 public key, as text `ed25519:` and the base64 of its 32 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct PublicKey([u8; LENGTH]);

impl PublicKey {
    pub(super) fn new(bytes: [u8; LENGTH]) -> Result<Self, KeyError> {
        if is_weak(bytes) { Err(KeyError::Weak) } else { Ok(Self(bytes)) }
    }

    /// The key's short name: the first 16 hex digits of the SHA-256 of its 32 bytes.
    pub fn id(&self) -> KeyId {
        let hash = digest(&SHA256, &self.0);
        KeyId(hex(hash.as_ref().get(..ID_BYTES).unwrap_or_default()))
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).is_ok()
    }
}

/// The seven y-coordinates, canonical or not, of points of small order, for which anyone can make signatures; an
/// all-zero placeholder is one of them.
const SMALL_ORDER: [[u8; LENGTH]; 7] = [
    ends(0x00, 0x00, 0x00),
    ends(0x01, 0x00, 0x00),
    ends(0xec, 0xff, 0x7f),
    ends(0xed, 0xff, 0x7f),
    ends(0xee, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

const fn ends(first: u8, middle: u8, last: u8) -> [u8; LENGTH] {
    let mut bytes = [middle; LENGTH];
    bytes[0] = first;
    bytes[LENGTH - 1] = last;
    bytes
}

fn is_weak(mut bytes: [u8; LENGTH]) -> bool {
    bytes[LENGTH - 1] &= 0x7f;
    SMALL_ORDER.contains(&bytes)
}

/// The 32 bytes behind a prefix, in canonical base64.
pub(super) fn bytes_after(prefix: &str, text: &str) -> Option<Result<[u8; LENGTH], KeyError>> {
    let encoded = text.strip_prefix(prefix)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| KeyError::Encoding);
    Some(bytes.and_then(|bytes| bytes.try_into().map_err(|_| KeyError::Encoding)))
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with(SECRET_PREFIX) {
            return Err(KeyError::SecretAsPublic);
        }
        bytes_after(PREFIX, text).unwrap_or(Err(KeyError::Prefix)).and_then(Self::new)
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

/// The short name of a key: 16 digits of lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct KeyId(String);

impl KeyId {
    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let good = text.len() == 2 * ID_BYTES && text.bytes().all(hex);
        if good { Ok(Self(text.to_owned())) } else { Err(KeyError::Id) }
    }
}

impl TryFrom<String> for KeyId {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.0
    }
}

/// Why a text is no key. The text itself is never repeated: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It does not begin as a public key does.
    #[error("no public key; write `ed25519:` and 44 characters of base64, the line of a `.public` file")]
    Prefix,
    /// It does not begin as a secret key does.
    #[error("no secret key; give the `.secret` file that `pullgate policy keygen` wrote")]
    SecretPrefix,
    /// A secret key where a public one belongs.
    #[error(
        "this is a secret key; write the line of the `.public` file, and make a new pair if others have seen this"
    )]
    SecretAsPublic,
    /// Not the base64 of 32 bytes.
    #[error("no key: what follows the colon is not the base64 of 32 bytes; copy the whole line")]
    Encoding,
    /// A key for which anyone can make signatures.
    #[error("this key protects nothing: anyone can sign for it; write a key from `pullgate policy keygen`")]
    Weak,
    /// Not a key's short name.
    #[error("no key id; write the 16 hex digits that `pullgate policy keygen` printed")]
    Id,
}
