//! Image references in one normal form.
//!
//! Decides what a registry, repository, tag, digest and reference are, and how each is written: every spelling
//! an engine accepts for the same thing becomes the same value, and what is printed parses back to that value.
//! Does not decide whether an image may be pulled, and knows nothing of URLs.

mod digest;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod reference;
mod registry;
mod repository;
mod tag;
mod text;

pub use digest::{Algorithm, Digest, DigestError};
pub use reference::{Reference, ReferenceError};
pub use registry::{Registry, RegistryError};
pub use repository::{Repository, RepositoryError};
pub use tag::{Tag, TagError};

#[cfg(test)]
mod laws;
