//! The provider, as the enrollment names it, asked over the machine's way out.

use std::{collections::BTreeSet, sync::Arc};

use enrollment::{ClientSecret, Identity, Oidc};
use identity::{
    membership::{self, Standing},
    oidc,
    session::{Evidence, Person, Refusal},
};
use secret::Secret;
use serde_json::{Map, Value};
use steward_protocol::{StewardRequest, StewardResponse};
use web::{Client, WebError};

use super::{SessionDriver, provider_cache::Parts};
use crate::steward_client::StewardError;

/// Why the provider cannot even be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoProvider {
    #[error("the client secret that the enrollment names cannot be had: {0}")]
    Secret(String),
    #[error(transparent)]
    Web(#[from] WebError),
}

/// The way to whoever vouches for people.
pub(super) fn client(driver: &SessionDriver, identity: &Identity) -> Result<Client, WebError> {
    driver.own_egress.client(identity.ca.as_deref())
}

/// A provider of OpenID Connect, as it is kept.
pub(super) async fn open_id(
    driver: &SessionDriver,
    identity: &Identity,
    of: &Oidc,
) -> Result<Arc<oidc::Provider>, NoProvider> {
    let secret = match &of.client_secret {
        None => None,
        Some(ClientSecret::Open(secret)) => Some(secret.clone()),
        Some(ClientSecret::File(_)) => Some(secret_of_root(driver).await.map_err(NoProvider::Secret)?),
    };
    let parts = Parts {
        organization: driver.who(),
        oidc: of.clone(),
        secret,
        settings: driver.own_egress.settings(identity.ca.as_deref())?,
    };
    Ok(driver.keeper.provider(&driver.state, parts)?)
}

/// It is read anew each time, so that one that was exchanged holds at once.
async fn secret_of_root(driver: &SessionDriver) -> Result<Secret, String> {
    match driver.steward.ask(StewardRequest::ClientSecret).await {
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
