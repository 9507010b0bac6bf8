//! Docker Hub: who is in an organization, and what it keeps for one, read for an import once or for a policy that
//! follows it.

mod api;
pub mod import;

use import::{CustomRegistry, HubSettings, RegistryAccess, RestrictedImages, StandardRegistry};
use secret::Secret;

pub use api::{ADDRESS, Hub, HubError, Membership, Organization, Role};

use api::Registry;

/// Reads the settings of the first organization; the others are its namespaces as well.
pub async fn read(hub: &Hub, bearer: &Secret, organizations: &[String]) -> Result<HubSettings, HubError> {
    let Some(organization) = organizations.first() else { return Err(HubError::NotFound) };
    let images = hub.image_access(bearer, organization).await?;
    let registries = match hub.registry_access(bearer, organization).await {
        Ok(registries) => Some(registries),
        // Docker shows these to owners alone.
        Err(HubError::Forbidden | HubError::NotFound) => None,
        Err(error) => return Err(error),
    };
    Ok(HubSettings {
        organizations: organizations.to_vec(),
        restricted_images: RestrictedImages {
            enabled: images.enabled,
            allow_official_images: images.allow_official_images,
            allow_verified_publishers: images.allow_verified_publishers,
        },
        registry_access: registries.map(|found| RegistryAccess {
            enabled: found.enabled,
            standard_registries: vec![StandardRegistry {
                id: "DockerHub".to_owned(),
                allowed: found.docker_hub,
            }],
            custom_registries: found.registries.into_iter().map(custom).collect(),
        }),
        allow_list: String::new(),
    })
}

fn custom(found: Registry) -> CustomRegistry {
    CustomRegistry { address: found.address, friendly_name: found.friendly_name, allowed: found.allowed }
}
