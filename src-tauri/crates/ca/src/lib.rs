//! The two certificate authorities that live on one machine and speak for nobody else: one for the mirror
//! front, which may name this machine only, and one for interception, which may name any registry. Their keys
//! never leave their folder; what is signed is a public key whose private half stays with the asker.
//!
//! An authority lives two years. Engines read their roots once, when they start, so the next one is published
//! beside the current one for ninety days before anything is signed with it, and the previous one stays
//! published as long as its leaves may be in use.

#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests spoil files as a failing disk does"))]

mod authority;
mod certificate;
mod error;
mod kind;
mod leaf_key;
mod name;
mod pair;

pub use authority::{Authority, Due};
pub use error::CaError;
pub use kind::Kind;
pub use leaf_key::LeafKey;

#[cfg(test)]
mod tests;
