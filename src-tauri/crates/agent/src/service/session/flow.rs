//! Signing in: whoever asks on the control socket is led through it step by step.

use std::{sync::Arc, time::Duration};

use host::{clock, peer::Peer};
use identity::{
    oidc::{Identity as Found, SignInError, Window},
    session::{Credential, Evidence, Input, Person, Refusal, may_replace, sentence},
    web::{Trouble, WebError},
};
use jiff::{SignedDuration, tz::TimeZone};
use tokio::sync::mpsc::Sender;
use wire::{Code, Failure, SignInMethod, SignInStep};

use super::{hub, provider, renew, sign_out::revoke};
use crate::{
    enrollment::{Identity, Oidc, Provider},
    service::{core::Core, policies, situation, way_out},
};

/// A person reads mail in between.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Signs the asking person in; each step before the last goes to `steps`.
pub(in crate::service) async fn sign_in(
    core: &Arc<Core>,
    peer: Peer,
    method: SignInMethod,
    steps: &Sender<SignInStep>,
) -> Result<SignInStep, Failure> {
    let identity = enrolled(core)?;
    may_begin(core, peer)?;
    way_out::known(core).await;
    let (signed_in, window) = match (&identity.provider, method) {
        (Provider::Oidc(of), SignInMethod::Browser) => {
            let (found, window) = in_browser(core, &identity, of, steps).await?;
            (open_id(of, peer.uid, found), Some(window))
        }
        (Provider::Oidc(of), SignInMethod::Device) => {
            let found = by_code(core, &identity, of, steps).await?;
            (open_id(of, peer.uid, found), None)
        }
        (Provider::Oidc(_), SignInMethod::DockerHub { .. } | SignInMethod::DockerLogin) => {
            return Err(Failure::new(
                Code::BadRequest,
                format!("{} does not sign in with Docker Hub", who(core)),
            )
            .with_hint("Run `pullgate sign-in`"));
        }
        (Provider::DockerHub(of), method) => {
            (hub::sign_in(core, &identity, of, peer.uid, method).await?, None)
        }
    };
    // Somebody else may have signed in meanwhile.
    let begun = match may_begin(core, peer) {
        Ok(()) => begin(core, &identity, signed_in).await,
        Err(failure) => Err(failure),
    };
    if let Some(window) = window {
        tokio::spawn(show(window, begun.as_ref().err().cloned()));
    }
    begun
}

/// Tells the browser what became of it.
async fn show(window: Window, failure: Option<Failure>) {
    match failure {
        None => window.welcome().await,
        Some(Failure { message, hint: Some(hint), .. }) => {
            window.refuse(&format!("{}. {hint}", message.trim_end_matches('.'))).await;
        }
        Some(Failure { message, hint: None, .. }) => window.refuse(&message).await,
    }
}

/// What a sign-in has come to.
pub(super) type SignedIn = Result<Vouched, Unfit>;

/// Somebody who does not belong to the organization, or of whom it cannot be told.
pub(super) struct Unfit {
    pub(super) refusal: Refusal,
    /// What the provider gave out for a session that does not come about.
    pub(super) credential: Option<Credential>,
}

/// Somebody who belongs to the organization.
pub(super) struct Vouched {
    pub(super) person: Person,
    pub(super) credential: Option<Credential>,
    pub(super) evidence: Evidence,
    pub(super) said_at: Option<jiff::Timestamp>,
}

async fn begin(core: &Arc<Core>, identity: &Identity, signed_in: SignedIn) -> Result<SignInStep, Failure> {
    if core.session.lock().as_ref().map(|live| &live.identity) != Some(identity) {
        give_back(core, identity, signed_in);
        let message = "the enrollment of this machine changed during the sign-in";
        return Err(Failure::new(Code::Failed, message).with_hint("Sign in again"));
    }
    match signed_in {
        Ok(Vouched { person, credential, evidence, said_at }) => {
            let account = person.account.clone();
            core.session.ask_who(false);
            core.session.tell(Input::SignedIn { person, credential, evidence, said_at });
            super::pump(core);
            look_around(core).await;
            situation::put_in_force(core);
            policies::ask_soon(core);
            let told = core.session.sentence(&who(core)).unwrap_or_default();
            Ok(SignInStep::Done { account, sentence: told })
        }
        Err(Unfit { refusal, credential }) => {
            if let Some(credential) = credential {
                tokio::spawn(revoke(Arc::clone(core), identity.clone(), credential));
            }
            core.session.ask_who(true);
            let state = refusal.clone().into();
            let now = clock::now().to_zoned(TimeZone::system());
            core.session.tell(Input::SignInRefused(refusal));
            Err(Failure::new(Code::Forbidden, sentence(&state, &who(core), &now)))
        }
    }
}

/// Tells the provider that nobody uses what it gave out.
fn give_back(core: &Arc<Core>, identity: &Identity, signed_in: SignedIn) {
    let credential = signed_in.map_or_else(|unfit| unfit.credential, |vouched| vouched.credential);
    if let Some(credential) = credential {
        tokio::spawn(revoke(Arc::clone(core), identity.clone(), credential));
    }
}

/// Looks up who else reaches the engines of root, on a thread of its own.
pub(in crate::service) async fn look_around(core: &Arc<Core>) {
    let looking = Arc::clone(core);
    if tokio::task::spawn_blocking(move || looking.session.look_around()).await.is_err() {
        tracing::error!("looking for other people on this machine has failed");
    }
}

fn enrolled(core: &Core) -> Result<Identity, Failure> {
    core.session.lock().as_ref().map(|live| live.identity.clone()).ok_or_else(|| {
        Failure::new(Code::NotEnrolled, "this machine's enrollment asks for no sign-in")
            .with_hint("Run `pullgate status` to see how things stand")
    })
}

fn may_begin(core: &Core, peer: Peer) -> Result<(), Failure> {
    let owner = core.session.owner();
    if may_replace(owner, peer.uid, peer.uid == 0) {
        return Ok(());
    }
    let name = owner.and_then(|uid| host::people::by_uid(uid).ok().flatten()).map(|person| person.name);
    let name = name.unwrap_or_else(|| "another person".to_owned());
    Err(Failure::new(
        Code::NotAllowed,
        format!("`{name}` is signed in on this machine, which has one session"),
    )
    .with_hint(format!(
        "Ask `{name}` to run `pullgate sign-out`, or an administrator to run `sudo pullgate sign-out`"
    )))
}

/// Whether a person may end the session.
pub(in crate::service) fn may_end(core: &Core, uid: u32) -> bool {
    may_replace(core.session.owner(), uid, uid == 0)
}

async fn in_browser(
    core: &Core,
    identity: &Identity,
    of: &Oidc,
    steps: &Sender<SignInStep>,
) -> Result<(Found, Window), Failure> {
    let provider = if core.session.asks_who() {
        provider::open_id_asking_who(core, identity, of)
    } else {
        provider::open_id(core, identity, of)
    };
    let provider = provider.map_err(|error| failed(&error.into()))?;
    let begun = provider.begin_browser().await.map_err(|error| failed(&error))?;
    tell(steps, SignInStep::Open { url: begun.url().to_owned(), until: later(PATIENCE) }).await?;
    begun.finish(PATIENCE).await.map_err(|error| failed(&error))
}

async fn by_code(
    core: &Core,
    identity: &Identity,
    of: &Oidc,
    steps: &Sender<SignInStep>,
) -> Result<Found, Failure> {
    let provider = provider::open_id(core, identity, of).map_err(|error| failed(&error.into()))?;
    let begun = provider.begin_device().await.map_err(|error| failed(&error))?;
    let step = SignInStep::Code {
        code: begun.user_code.clone(),
        url: begun.verification_uri.clone(),
        complete_url: begun.verification_uri_complete.clone(),
        until: begun.expires,
    };
    tell(steps, step).await?;
    begun.finish().await.map_err(|error| failed(&error))
}

fn open_id(of: &Oidc, uid: u32, found: Found) -> SignedIn {
    let credential = found.refresh.clone().map(|token| Credential::Refresh { token });
    let person = match provider::judge(of, &found, uid) {
        Ok(person) => person,
        Err(refusal) => return Err(Unfit { refusal, credential }),
    };
    let said_at = found.provider_time;
    Ok(Vouched { person, credential, evidence: renew::evidence(found), said_at })
}

async fn tell(steps: &Sender<SignInStep>, step: SignInStep) -> Result<(), Failure> {
    steps.send(step).await.map_err(|_| Failure::new(Code::Failed, "nobody waits for the sign-in any longer"))
}

fn failed(error: &SignInError) -> Failure {
    let failure = Failure::new(Code::Failed, error.to_string());
    match error {
        SignInError::Web(WebError { trouble: Trouble::Status { code: 429 | 500..=599, .. }, .. }) => {
            failure.with_hint("Run `pullgate sign-in` again then")
        }
        SignInError::NoDeviceGrant => {
            failure.with_hint("Run `pullgate sign-in --no-browser` and open its page here")
        }
        SignInError::Denied
        | SignInError::TimedOut
        | SignInError::Refused(_)
        | SignInError::OtherIssuer
        | SignInError::IdToken(_)
        | SignInError::Listen(_)
        | SignInError::Random(_)
        | SignInError::Web(_) => failure,
    }
}

/// What people call the organization.
fn who(core: &Core) -> String {
    core.situation.borrow().organization.display.clone()
}

fn later(wait: Duration) -> jiff::Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or_default();
    clock::now().checked_add(wait).unwrap_or(jiff::Timestamp::MAX)
}
