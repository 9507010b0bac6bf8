//! The root keys of the enrollment, which vouch for trust documents.

use std::collections::BTreeSet;

use super::{KeyId, PublicKey};

/// Root keys, and how many of them must sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    keys: Vec<PublicKey>,
    threshold: usize,
}

impl Roots {
    /// No keys: policies are not signed, and come from a file of this machine that belongs to root.
    pub fn none() -> Self {
        Self::default()
    }

    /// The keys of an enrollment, of which `threshold` must sign; usually 1.
    pub fn new(keys: Vec<PublicKey>, threshold: usize) -> Result<Self, RootsError> {
        if let Some(twice) = twice(&keys) {
            return Err(RootsError::Twice { id: twice });
        }
        if keys.is_empty() || !(1..=keys.len()).contains(&threshold) {
            return Err(RootsError::Threshold { threshold, keys: keys.len() });
        }
        Ok(Self { keys, threshold })
    }

    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// How many of them must sign.
    pub fn threshold(&self) -> usize {
        self.threshold
    }
}

/// The key that a list has twice, if any.
pub(super) fn twice(keys: &[PublicKey]) -> Option<KeyId> {
    let mut seen = BTreeSet::new();
    keys.iter().find(|key| !seen.insert(*key)).map(PublicKey::id)
}

/// Why root keys cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// A key that is listed twice.
    #[error("the key `{id}` is there twice; keep one")]
    Twice {
        /// Its short name.
        id: KeyId,
    },
    /// More signatures than keys, or none.
    #[error("{threshold} of {keys} keys cannot sign; write a threshold from 1 to the number of keys")]
    Threshold {
        /// How many must sign.
        threshold: usize,
        /// How many keys there are.
        keys: usize,
    },
}
