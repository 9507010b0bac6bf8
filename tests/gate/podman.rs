//! Podman, Buildah and Skopeo: every way they bring in an image, as root and as ordinary people.

mod allowed;
mod changes;
mod denied;
mod digests;
mod logins;
mod machine;
pub(crate) mod record;
mod registries;
pub(crate) mod restore;
mod service;
