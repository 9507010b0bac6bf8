//! An organization's own rules on images and registries, as Docker keeps them.

use secret::Secret;
use serde::Deserialize;

use super::{Hub, HubError};

/// Image Access Management: which kinds of image on Docker Hub an organization allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct ImageAccess {
    /// Whether it restricts any.
    pub(crate) enabled: bool,
    /// Whether Docker Official Images are allowed.
    pub(crate) allow_official_images: bool,
    /// Whether images of verified publishers are allowed.
    pub(crate) allow_verified_publishers: bool,
}

/// Registry Access Management: which registries an organization allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegistryAccess {
    /// Whether it restricts any.
    pub(crate) enabled: bool,
    /// Whether Docker Hub is allowed.
    pub(crate) docker_hub: bool,
    /// The others that it names.
    pub(crate) registries: Vec<Registry>,
}

/// A registry that an organization named.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Registry {
    /// Its host, as somebody typed it.
    pub(crate) address: String,
    /// What the organization calls it.
    #[serde(default)]
    pub(crate) friendly_name: String,
    /// Whether it is allowed.
    pub(crate) allowed: bool,
}

#[derive(Deserialize)]
struct Settings {
    restricted_images: ImageAccess,
}

#[derive(Deserialize)]
struct RegistrySettings {
    enabled: bool,
    #[serde(default)]
    standard_registries: Vec<Standard>,
    #[serde(default)]
    custom_registries: Vec<Registry>,
}

#[derive(Deserialize)]
struct Standard {
    id: String,
    allowed: bool,
}

impl Hub {
    /// The organization's Image Access Management.
    pub(crate) async fn image_access(
        &self,
        bearer: &Secret,
        organization: &str,
    ) -> Result<ImageAccess, HubError> {
        let path = self.settings_path(organization)?;
        let settings: Settings = self.get(&path, bearer).await?;
        Ok(settings.restricted_images)
    }

    /// The organization's Registry Access Management.
    pub(crate) async fn registry_access(
        &self,
        bearer: &Secret,
        organization: &str,
    ) -> Result<RegistryAccess, HubError> {
        let path = format!("{}/registry-access-management", self.settings_path(organization)?);
        let found: RegistrySettings = self.get(&path, bearer).await?;
        let hub = found.standard_registries.iter().find(|standard| standard.id == "DockerHub");
        Ok(RegistryAccess {
            enabled: found.enabled,
            docker_hub: hub.is_none_or(|standard| standard.allowed),
            registries: found.custom_registries,
        })
    }

    /// A name that would change the path is none of Docker Hub's.
    fn settings_path(&self, organization: &str) -> Result<String, HubError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if organization.is_empty() || !organization.bytes().all(plain) {
            return Err(
                self.invalid("has no organization of this name; it has letters, digits, `_` and `-` only")
            );
        }
        Ok(format!("/v2/orgs/{}/settings", organization.to_ascii_lowercase()))
    }
}
