//! Logins for registries, and whose rules find them.

use secret::Secret;
use serde::{Deserialize, Serialize};

/// A person's own login for a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The account.
    pub username: String,
    /// What proves it.
    pub secret: Secret,
    /// What the secret is.
    pub kind: LoginKind,
}

/// The tools that keep logins, each in its own places and by its own rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoginFinder {
    /// Podman, Buildah, Skopeo and what else is made of containers/image.
    #[default]
    ContainersImage,
    /// Docker's command line, and nerdctl, which reads the same file.
    Docker,
}

/// What the secret of a login is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoginKind {
    /// A password or access token, for Basic authentication.
    Password,
    /// A refresh token, for the registry's token endpoint.
    IdentityToken,
}
