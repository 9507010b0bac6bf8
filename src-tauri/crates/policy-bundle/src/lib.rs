//! Policies that are believed by their signature, wherever they were fetched from.
//!
//! Root keys of the enrollment sign a [`Trust`] document, its keys sign the policy, and the policy names its catalog
//! by hash. [`accept()`] judges the three as one [`PolicyBundle`] against the one that is held; [`reverify`] judges
//! what was kept as if it came anew. Nothing here fetches, writes or knows the time.

mod accept;
mod bundle;
mod envelope;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod key;
mod refusal;
mod roots;
mod secret;
mod stored_policy;
mod trust;
mod verify;
pub mod with_catalog;

use aws_lc_rs::digest::{SHA256, digest};

pub use accept::{Acceptance, Offer, accept};
pub use bundle::{PolicyBundle, named_catalog};
pub use envelope::{Envelope, PayloadType};
pub use key::{KeyError, KeyId, PublicKey};
pub use refusal::{BundleRefusal, Part};
pub use roots::{Roots, RootsError};
pub use secret::{SigningKey, countersign, sign};
pub use stored_policy::{StoredPolicy, reverify};
pub use trust::{Revocation, Trust, TrustedKey};

/// The SHA-256 of bytes in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
