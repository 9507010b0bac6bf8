//! Who the person at this machine is: sign-in with the organization's provider, and the session it begins.
//!
//! [`session`] is a state machine without clock or network. [`oidc`] speaks with providers over `web`.
//! [`membership`] judges claims, and [`vault`] keeps a session's secrets on disk.

#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod membership;
pub mod oidc;
pub mod session;
pub mod vault;
