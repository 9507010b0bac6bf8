//! What earlier permitted answers taught: which tag stands behind a digest, where content was redirected to, and which
//! hosts are registries.

mod expiring_map;
pub(crate) mod provenance;
pub(crate) mod redirects;
mod registries;

pub(crate) use expiring_map::ExpiringMap;
pub use provenance::ProvenanceError;
pub(crate) use provenance::{Origin, Provenance};
pub(crate) use redirects::Redirects;
pub(crate) use registries::{ProbeOutcome, Registries};
