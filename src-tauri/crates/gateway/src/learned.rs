//! What earlier permitted answers taught: which tag stands behind a digest, where content was redirected to, and which
//! hosts are registries.

pub(crate) mod provenance;
mod recent;
pub(crate) mod redirects;
mod registries;

pub use provenance::ProvenanceError;
pub(crate) use provenance::{Origin, Provenance};
pub(crate) use recent::Recent;
pub(crate) use redirects::Redirects;
pub(crate) use registries::{Other, Registries};
