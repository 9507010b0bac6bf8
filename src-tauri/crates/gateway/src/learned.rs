//! What earlier permitted answers taught: which tag stands behind a digest, and where content was redirected to.

mod provenance;
mod redirects;

pub(crate) use provenance::{Origin, Provenance};
pub(crate) use redirects::Redirects;
