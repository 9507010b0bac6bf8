//! Whom a TLS client of this machine believes: as the container engines do, which are written in Go, neither more
//! strictly nor more laxly.
//!
//! The differences to a verifier of the web: a certificate that is itself in the pool is believed, as is a server's
//! certificate that could sign others, one for any purpose, one with critical policies, `*.lan`, and an authority with
//! an RSA key of 1024 bits; an authority must be in date and allowed to sign, so far below itself and for servers.

mod anchor;
mod chain;
mod client;
mod flaw;
mod identity;
mod key_exchange;
mod names;
mod pem;
mod pool;
mod short_keys;
mod shown;
mod verifier;

pub use client::{TlsError, config, unverified};
pub use flaw::Flaw;
pub use identity::{Identities, IdentityError};
pub use pem::PemFlaw;
pub use pool::Pool;

#[cfg(test)]
mod tests;
