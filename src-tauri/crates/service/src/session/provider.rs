//! The provider, as the enrollment names it, asked over the machine's way out.

use std::{collections::BTreeSet, sync::Arc};

use enrollment::{ClientSecret, Identity, Oidc, Provider};
use identity::{
    membership::{self, Standing},
    oidc,
    session::{Evidence, Person, Refusal},
};
use secret::Secret;
use serde_json::{Map, Value};
use steward_protocol::{StewardRequest, StewardResponse};
use web::{Client, WebError};

use super::provider_cache::Parts;
use crate::{core::Core, own_egress, steward_client::StewardError};

/// Docker Hub as an issuer of sessions.
const HUB: &str = "https://hub.docker.com";

/// Why the provider cannot even be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoProvider {
    #[error("the client secret that the enrollment names cannot be had: {0}")]
    Secret(String),
    #[error(transparent)]
    Web(#[from] WebError),
}

/// Who vouches for people.
pub(crate) fn issuer(identity: &Identity) -> &str {
    match &identity.provider {
        Provider::Oidc(oidc) => &oidc.issuer,
        Provider::DockerHub(hub) => hub.api.as_deref().unwrap_or(HUB),
    }
}

/// The way to whoever vouches for people.
pub(super) fn client(core: &Core, identity: &Identity) -> Result<Client, WebError> {
    own_egress::client(core, identity.ca.as_deref())
}

/// A provider of OpenID Connect, as it is kept.
pub(super) async fn open_id(
    core: &Core,
    identity: &Identity,
    of: &Oidc,
) -> Result<Arc<oidc::Provider>, NoProvider> {
    let secret = match &of.client_secret {
        None => None,
        Some(ClientSecret::Open(secret)) => Some(secret.clone()),
        Some(ClientSecret::File(_)) => Some(secret_of_root(core).await.map_err(NoProvider::Secret)?),
    };
    let parts = Parts {
        organization: core.situation.borrow().organization.display.clone(),
        oidc: of.clone(),
        secret,
        settings: own_egress::settings(core, identity.ca.as_deref())?,
    };
    Ok(core.session.keeper.provider(&core.dirs.state, parts)?)
}

/// It is read anew each time, so that one that was exchanged holds at once.
async fn secret_of_root(core: &Core) -> Result<Secret, String> {
    match core.steward.ask(StewardRequest::ClientSecret).await {
        Ok(StewardResponse::ClientSecret { secret }) => Ok(secret),
        Ok(_) => Err(StewardError::Unexpected.to_string()),
        Err(StewardError::Refused(failure)) => Err(failure.message),
        Err(error) => Err(error.to_string()),
    }
}

/// The person, if they belong to the organization.
pub(super) fn judge(of: &Oidc, found: &oidc::Identity, uid: u32) -> Result<Person, Refusal> {
    let person = Person {
        uid,
        issuer: of.issuer.clone(),
        subject: found.subject.clone(),
        account: found.account.clone(),
        groups: BTreeSet::new(),
        hub_role: None,
    };
    judged(of, &found.claims, person)
}

/// The person of a session, if they belong to the organization by a rule that is new, and by what the provider last
/// said; nothing where that says too little.
pub(super) fn judge_again(of: &Oidc, said: &Evidence, person: Person) -> Option<Result<Person, Refusal>> {
    match judged(of, &said.claims, person) {
        Err(Refusal::ClaimMissing { .. }) => None,
        verdict @ (Ok(_) | Err(Refusal::NotMember { .. })) => Some(verdict),
    }
}

fn judged(of: &Oidc, claims: &Map<String, Value>, person: Person) -> Result<Person, Refusal> {
    let account = oidc::account(claims, of.account_claim.as_deref()).unwrap_or(person.account.clone());
    match membership::judge(&of.membership, claims) {
        Standing::Member => Ok(Person { account, groups: membership::groups(claims, of.groups()), ..person }),
        Standing::NotMember => Err(Refusal::NotMember { account, required: of.membership.to_string() }),
        Standing::Missing { claim } => Err(Refusal::ClaimMissing { claim, too_many: false }),
        Standing::Overage { claim } => Err(Refusal::ClaimMissing { claim, too_many: true }),
    }
}
