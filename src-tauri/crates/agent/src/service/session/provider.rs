//! The provider, as the enrollment names it, asked over the machine's way out.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use identity::{
    membership::{self, Standing},
    oidc,
    session::{Evidence, Person, Refusal},
    web::{Client, WebError},
};

use serde_json::{Map, Value};

use crate::{
    enrollment::{Identity, Oidc, Provider},
    service::{core::Core, way_out},
};

/// Docker Hub as an issuer of sessions.
const HUB: &str = "https://hub.docker.com";

/// Who vouches for people.
pub(super) fn issuer(identity: &Identity) -> &str {
    match &identity.provider {
        Provider::Oidc(oidc) => &oidc.issuer,
        Provider::DockerHub(hub) => hub.api.as_deref().unwrap_or(HUB),
    }
}

/// The way to whoever vouches for people.
pub(super) fn client(core: &Core, identity: &Identity) -> Result<Client, WebError> {
    way_out::client(core, identity.ca.as_deref())
}

/// A provider of OpenID Connect, not asked yet.
pub(super) fn open_id(core: &Core, identity: &Identity, of: &Oidc) -> Result<Arc<oidc::Provider>, WebError> {
    with(core, identity, of, BTreeMap::new())
}

/// The same, which asks in the browser who it is, even where it knows somebody. `prompt` would be plainer, and some
/// providers refuse the values of it that they do not know.
pub(super) fn open_id_asking_who(
    core: &Core,
    identity: &Identity,
    of: &Oidc,
) -> Result<Arc<oidc::Provider>, WebError> {
    with(core, identity, of, [("max_age".to_owned(), "0".to_owned())].into())
}

fn with(
    core: &Core,
    identity: &Identity,
    of: &Oidc,
    parameters: BTreeMap<String, String>,
) -> Result<Arc<oidc::Provider>, WebError> {
    let organization = core.situation.borrow().organization.display.clone();
    let config = oidc::Config {
        organization,
        issuer: of.issuer.clone(),
        client_id: of.client_id.clone(),
        client_secret: None,
        scopes: of.scopes.clone(),
        parameters,
        redirect_ports: of.redirect_ports.clone(),
        needed_claims: needed(of),
        now: host::clock::now,
    };
    Ok(Arc::new(oidc::Provider::new(config, client(core, identity)?)))
}

fn needed(of: &Oidc) -> Vec<String> {
    let mut claims: Vec<String> = of.membership.claims().into_iter().map(str::to_owned).collect();
    claims.extend([of.groups_claim.clone()].into_iter().chain(of.account_claim.clone()));
    claims
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
        Err(Refusal::ClaimMissing { .. } | Refusal::Unresolved { .. }) => None,
        verdict @ (Ok(_) | Err(Refusal::NotMember { .. })) => Some(verdict),
    }
}

fn judged(of: &Oidc, claims: &Map<String, Value>, person: Person) -> Result<Person, Refusal> {
    let named = of.account_claim.as_ref().and_then(|claim| claims.get(claim)?.as_str());
    let account = named.map_or(person.account.clone(), str::to_owned);
    match membership::judge(&of.membership, claims) {
        Standing::Member => {
            Ok(Person { account, groups: membership::groups(claims, &of.groups_claim), ..person })
        }
        Standing::NotMember => Err(Refusal::NotMember { account, required: of.membership.to_string() }),
        Standing::Missing { claim } => Err(Refusal::ClaimMissing { claim, too_many: false }),
        Standing::Overage { claim } => Err(Refusal::ClaimMissing { claim, too_many: true }),
    }
}
