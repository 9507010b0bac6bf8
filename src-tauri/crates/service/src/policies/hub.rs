//! Docker Hub's settings as the policy: imported anew at each look, under a number that grows with each change.

use std::sync::Arc;

use docker_hub::import::{Followed, follow};
use enrollment::DockerHub;
use host::clock;
use policy_bundle::PolicyBundle;

use super::{
    fetch::{Fetched, Tags},
    local::Bytes,
};
use crate::session::{SessionDriver, hub_bearer};

const OWNERS_ONLY: &str = "Docker Hub shows the organization's rules on registries to its owners alone; sign in as one, \
     or have an owner run `pullgate policy import-hub` and publish the policy";

/// What the settings of the organization come to.
pub(super) async fn offer(
    session: &Arc<SessionDriver>,
    of: &DockerHub,
    organization: &str,
    held: Option<&PolicyBundle>,
) -> Result<Fetched, String> {
    let (hub, bearer) = hub_bearer(session).await?;
    let settings =
        docker_hub::read(&hub, &bearer, &of.organizations).await.map_err(|error| error.to_string())?;
    if settings.registry_access.is_none() {
        // Without them every registry would be allowed, which is for no member of the organization to decide.
        return Err(OWNERS_ONLY.to_owned());
    }
    let document = held.map(|held| held.policy().document());
    let followed = follow(&settings, organization, document, clock::now());
    let policy = match (followed.map_err(|refusal| refusal.to_string())?, held) {
        (Followed::Newer(imported), _) => {
            serde_json::to_vec(&imported.document).map_err(|error| error.to_string())?
        }
        (Followed::Same, Some(held)) => held.policy_bytes().to_vec(),
        (Followed::Same, None) => return Err("Docker Hub has no settings for the organization".to_owned()),
    };
    Ok(Fetched { bytes: Bytes { trust: None, policy, catalog: None }, tags: Tags::new(), date: None })
}
