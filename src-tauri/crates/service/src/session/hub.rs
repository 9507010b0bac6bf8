//! Docker Hub as the provider: its login is exchanged for a token of ten minutes, which is asked and forgotten.

use std::sync::Arc;

use docker_hub::{Hub, HubError, Membership, Role};
use enrollment::{DockerHub, Identity};
use identity::session::{Answer, Credential, Evidence, Failure, Person, Refusal};
use ipc::Code;
use secret::Secret;
use steward_protocol::{LoginFinder, LoginKind, StewardRequest, StewardResponse};
use wire::SignInMethod;

use super::{
    SessionDriver,
    flow::{SignedIn, Unfit, Vouched},
    provider, renew,
};
use crate::{enrolled::issuer, steward_client::StewardError};

/// Why there is no token.
enum NoToken {
    /// The person has no Docker login any longer, or it is of a kind that cannot be used.
    NoLogin,
    Steward(StewardError),
    Hub(HubError),
}

/// Signs in with what the person gave, or with the Docker login they agreed to use.
pub(super) async fn sign_in(
    driver: &Arc<SessionDriver>,
    identity: &Identity,
    of: &DockerHub,
    uid: u32,
    method: SignInMethod,
) -> Result<SignedIn, ipc::Failure> {
    let credential = match method {
        SignInMethod::DockerHub { username, secret } => Credential::HubPassword { username, secret },
        SignInMethod::DockerLogin => Credential::HubReuse { uid },
        SignInMethod::Browser | SignInMethod::Device => return Err(choose(driver)),
    };
    let hub = connect(driver, identity).map_err(|error| refused(&NoToken::Hub(error)))?;
    let token = token(driver, &hub, &credential).await.map_err(|error| refused(&error))?;
    let found = hub.membership(&token).await.map_err(|error| refused(&NoToken::Hub(error)))?;
    Ok(match judge(issuer(identity), of, &found, uid) {
        Ok(person) => {
            let evidence = Evidence::default();
            Ok(Vouched { person, credential: Some(credential), evidence, said_at: None })
        }
        // It is the person's own, and not the provider's to take back.
        Err(refusal) => Err(Unfit { refusal, credential: None }),
    })
}

/// Both ways hand over something of the person's own, so they choose.
fn choose(driver: &SessionDriver) -> ipc::Failure {
    let who = driver.who();
    ipc::Failure::new(Code::BadRequest, format!("{who} signs in with Docker Hub, in one of two ways")).with_hint(
        "Run `pullgate sign-in --docker-login` to use your own `docker login`, or `pullgate sign-in --docker-hub \
         NAME` to give an access token",
    )
}

/// Asks again whether the person belongs to the organization.
pub(super) async fn renew(
    driver: &Arc<SessionDriver>,
    identity: &Identity,
    of: &DockerHub,
    credential: &Credential,
    person: &Person,
) -> Answer {
    let hub = match connect(driver, identity) {
        Ok(hub) => hub,
        Err(error) => return Answer::Failed(failure(&error)),
    };
    let token = match token(driver, &hub, credential).await {
        Ok(token) => token,
        Err(NoToken::Hub(HubError::Refused)) => return Answer::InvalidGrant,
        // The keyring may be locked, or the desktop not there: the login may well be good.
        Err(NoToken::NoLogin) => {
            let problem = "your Docker login could not be read; unlock your keyring, or run `docker login`";
            return Answer::Failed(Failure::Unusable { problem: problem.to_owned() });
        }
        Err(NoToken::Hub(error)) => return Answer::Failed(failure(&error)),
        Err(NoToken::Steward(error)) => {
            return Answer::Failed(Failure::Unusable { problem: error.to_string() });
        }
    };
    match hub.membership(&token).await {
        Err(error) => Answer::Failed(failure(&error)),
        Ok(found) => match judge(issuer(identity), of, &found, person.uid) {
            Ok(person) => Answer::Confirmed { person, evidence: Evidence::default(), said_at: None },
            Err(refusal) => Answer::Refused(refusal),
        },
    }
}

/// A token for questions about the organization, by the session that is there.
pub(crate) async fn bearer(driver: &Arc<SessionDriver>) -> Result<(Hub, Secret), String> {
    let (identity, credential) = {
        let live = driver.lock();
        let live = live.as_ref().ok_or("the enrollment has no sign-in")?;
        let signed_in = live.session.state().person().is_some();
        let credential = live.credential.clone().filter(|_| signed_in);
        (live.identity.clone(), credential.ok_or("nobody is signed in; run `pullgate sign-in`")?)
    };
    driver.own_egress.wait_for_proxy_settings().await;
    let hub = connect(driver, &identity).map_err(|error| error.to_string())?;
    let token = token(driver, &hub, &credential).await.map_err(|error| refused(&error).message)?;
    Ok((hub, token))
}

fn connect(driver: &SessionDriver, identity: &Identity) -> Result<Hub, HubError> {
    Ok(Hub::new(issuer(identity), provider::client(driver, identity)?))
}

async fn token(driver: &SessionDriver, hub: &Hub, credential: &Credential) -> Result<Secret, NoToken> {
    let (username, secret) = match credential {
        Credential::HubPassword { username, secret } => (username.clone(), secret.clone()),
        Credential::HubReuse { uid } => login(driver, *uid).await?,
        Credential::Refresh { .. } => return Err(NoToken::NoLogin),
    };
    hub.sign_in(&username, &secret).await.map_err(NoToken::Hub)
}

/// The person's own Docker login, read as that person.
async fn login(driver: &SessionDriver, uid: u32) -> Result<(String, Secret), NoToken> {
    let request = StewardRequest::ReadLogin {
        uid,
        pid: None,
        socket: None,
        registry: "docker.io".to_owned(),
        repository: None,
        finder: LoginFinder::Docker,
        push: false,
    };
    match driver.steward.ask(request).await {
        Ok(StewardResponse::Login { login: Some(login), .. }) if login.kind == LoginKind::Password => {
            Ok((login.username, login.secret))
        }
        Ok(StewardResponse::Login { .. }) => Err(NoToken::NoLogin),
        Ok(_) => Err(NoToken::Steward(StewardError::Unexpected)),
        Err(error) => Err(NoToken::Steward(error)),
    }
}

fn judge(issuer: &str, of: &DockerHub, found: &Membership, uid: u32) -> Result<Person, Refusal> {
    let is_ours = |name: &str| of.organizations.iter().any(|ours| ours.eq_ignore_ascii_case(name));
    let ours: Vec<_> = found.organizations.iter().filter(|one| is_ours(&one.name)).collect();
    let [first, ..] = ours.as_slice() else {
        let required = format!("membership of {}", of.organizations.join(" or "));
        return Err(Refusal::NotMember { account: found.account.clone(), required });
    };
    let owns = ours.iter().any(|one| one.role == Role::Owner);
    Ok(Person {
        uid,
        issuer: issuer.to_owned(),
        subject: found.account.clone(),
        account: found.account.clone(),
        groups: ours.iter().flat_map(|one| one.groups.iter().cloned()).collect(),
        hub_role: Some(if owns { "owner".to_owned() } else { first.role.as_str().to_owned() }),
    })
}

fn refused(error: &NoToken) -> ipc::Failure {
    match error {
        NoToken::NoLogin => {
            ipc::Failure::new(Code::NotFound, "you have no Docker login with a password or access token")
                .with_hint(
                    "Run `docker login` first, or give an access token: `pullgate sign-in --docker-hub NAME`",
                )
        }
        NoToken::Steward(error) => ipc::Failure::new(Code::StewardUnavailable, error.to_string()),
        NoToken::Hub(error) => ipc::Failure::new(Code::Failed, error.to_string()),
    }
}

/// Docker Hub's own no to a question is no verdict about the login, which it accepted.
fn failure(error: &HubError) -> Failure {
    match error {
        HubError::Web(error) => renew::failure(error),
        HubError::Busy { retry_after } => {
            Failure::Busy { retry_after: retry_after.as_ref().map(renew::pause) }
        }
        HubError::TurnedAway { code } => Failure::Unavailable { status: *code },
        HubError::Refused | HubError::Forbidden | HubError::NotFound => {
            Failure::Unusable { problem: error.to_string() }
        }
    }
}
