//! Signing in: whoever asks on the control socket is led through it step by step.

use std::{sync::Arc, time::Duration};

use enrollment::{Identity, Oidc, Provider};
use host::{clock, peer::Peer};
use identity::{
    oidc::{self, BrowserSignIn, BrowserTab, Identity as Found, SignInError},
    session::{Credential, Evidence, GIVE_ONE, Input, Person, Refusal, may_replace, sentence},
};
use ipc::{Code, Failure};
use jiff::{SignedDuration, tz::TimeZone};
use tokio::sync::mpsc::Sender;
use web::{WebError, WebErrorKind};
use wire::{SignInMethod, SignInStep};

use super::{
    SessionDriver,
    attempts::{UNFINISHED, Unfinished},
    hub,
    provider::{self, NoProvider},
    renew,
    sign_out::revoke,
};

/// A person reads mail in between.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Signs the asking person in; each step before the last goes to `steps`.
pub(crate) async fn sign_in(
    driver: &Arc<SessionDriver>,
    peer: Peer,
    method: SignInMethod,
    steps: &Sender<SignInStep>,
) -> Result<SignInStep, Failure> {
    let identity = enrolled(driver)?;
    may_begin(driver, peer)?;
    driver.own_egress.wait_for_proxy_settings().await;
    let mut unfinished = Unfinished::begin(driver, driver.who());
    let (signed_in, tab) = match (&identity.provider, method) {
        (Provider::Oidc(of), SignInMethod::Browser) => {
            let provider = asked(driver, &identity, of).await?;
            let waiting = Waiting { driver, of, uid: peer.uid, steps, unfinished: &mut unfinished };
            let (found, tab) = waiting.in_browser(&provider).await?;
            (open_id(of, peer.uid, found), Some(tab))
        }
        (Provider::Oidc(of), SignInMethod::Device) => {
            let provider = asked(driver, &identity, of).await?;
            let waiting = Waiting { driver, of, uid: peer.uid, steps, unfinished: &mut unfinished };
            let found = waiting.by_code(&provider).await?;
            (open_id(of, peer.uid, found), None)
        }
        (Provider::Oidc(_), SignInMethod::DockerHub { .. } | SignInMethod::DockerLogin) => {
            return Err(Failure::new(
                Code::BadRequest,
                format!("{} does not sign in with Docker Hub", driver.who()),
            )
            .with_hint("Run `pullgate sign-in`"));
        }
        (Provider::DockerHub(of), method) => {
            (hub::sign_in(driver, &identity, of, peer.uid, method).await?, None)
        }
    };
    unfinished.resolve();
    driver.keeper.write(&driver.state).await;
    // Somebody else may have signed in meanwhile.
    let begun = match may_begin(driver, peer) {
        Ok(()) => begin(driver, &identity, signed_in).await,
        Err(failure) => Err(failure),
    };
    if let Some(tab) = tab {
        tokio::spawn(show(tab, begun.as_ref().err().cloned()));
    }
    begun
}

/// Tells the browser what became of it.
async fn show(tab: BrowserTab, failure: Option<Failure>) {
    match failure {
        None => tab.welcome().await,
        Some(Failure { message, hint: Some(hint), .. }) => {
            tab.refuse(&format!("{}. {hint}", message.trim_end_matches('.'))).await;
        }
        Some(Failure { message, hint: None, .. }) => tab.refuse(&message).await,
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

async fn begin(
    driver: &Arc<SessionDriver>,
    identity: &Identity,
    signed_in: SignedIn,
) -> Result<SignInStep, Failure> {
    if driver.lock().as_ref().map(|live| &live.identity) != Some(identity) {
        give_back(driver, identity, signed_in);
        let message = "the enrollment of this machine changed during the sign-in";
        return Err(Failure::new(Code::Failed, message).with_hint("Sign in again"));
    }
    match signed_in {
        Ok(Vouched { person, credential, evidence, said_at }) => {
            let account = person.account.clone();
            let lasts = credential.is_none() && matches!(identity.provider, Provider::Oidc(_));
            driver.conditions.clear(UNFINISHED);
            driver.ask_who(false);
            driver.tell(Input::SignedIn { person, credential, evidence, said_at });
            super::pump(driver);
            refresh_local_users(driver).await;
            driver.changed.send_replace(());
            driver.signed_in.send_replace(());
            let mut message = driver.sentence(&driver.who()).unwrap_or_default();
            if lasts {
                message += &cannot_be_renewed(&driver.who());
            }
            Ok(SignInStep::Done { account, sentence: message })
        }
        Err(Unfit { refusal, credential }) => {
            if let Some(credential) = credential {
                tokio::spawn(revoke(Arc::clone(driver), identity.clone(), credential));
            }
            driver.ask_who(true);
            let state = refusal.clone().into();
            let now = clock::now().to_zoned(TimeZone::system());
            driver.tell(Input::SignInRefused(refusal));
            Err(Failure::new(Code::Forbidden, sentence(&state, &driver.who(), &now)))
        }
    }
}

/// Tells the provider that nobody uses what it gave out.
fn give_back(driver: &Arc<SessionDriver>, identity: &Identity, signed_in: SignedIn) {
    let credential = signed_in.map_or_else(|unfit| unfit.credential, |vouched| vouched.credential);
    if let Some(credential) = credential {
        tokio::spawn(revoke(Arc::clone(driver), identity.clone(), credential));
    }
}

/// Looks up who else reaches the engines of root, on a thread of its own.
pub(crate) async fn refresh_local_users(driver: &Arc<SessionDriver>) {
    let looking = Arc::clone(driver);
    if tokio::task::spawn_blocking(move || looking.look_up_local_users()).await.is_err() {
        tracing::error!("looking for other people on this machine has failed");
    }
}

fn enrolled(driver: &SessionDriver) -> Result<Identity, Failure> {
    driver.lock().as_ref().map(|live| live.identity.clone()).ok_or_else(|| {
        Failure::new(Code::NotEnrolled, "this machine's enrollment asks for no sign-in")
            .with_hint("Run `pullgate status` to see how things stand")
    })
}

fn may_begin(driver: &SessionDriver, peer: Peer) -> Result<(), Failure> {
    let owner = driver.owner();
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
pub(crate) fn may_end(driver: &SessionDriver, uid: u32) -> bool {
    may_replace(driver.owner(), uid, uid == 0)
}

/// Said at once, so that an administrator who tries an enrollment hears it then and not half a grace later.
fn cannot_be_renewed(organization: &str) -> String {
    format!(
        " The identity provider gave no refresh token, so this sign-in ends with its grace; ask {organization} to \
         {GIVE_ONE}."
    )
}

async fn asked(
    driver: &SessionDriver,
    identity: &Identity,
    of: &Oidc,
) -> Result<Arc<oidc::Provider>, Failure> {
    provider::open_id(driver, identity, of).await.map_err(|error| match error {
        NoProvider::Web(error) => failed(&error.into(), None),
        NoProvider::Secret(_) => Failure::new(Code::Failed, error.to_string()).with_hint(format!(
            "Ask {} to put it there: a file of root with mode 0600 and the secret alone",
            driver.who()
        )),
    })
}

/// A sign-in that is about to wait for a page.
struct Waiting<'a, 'b> {
    driver: &'a SessionDriver,
    of: &'a Oidc,
    uid: u32,
    steps: &'a Sender<SignInStep>,
    unfinished: &'a mut Unfinished<'b>,
}

impl Waiting<'_, '_> {
    async fn in_browser(self, provider: &Arc<oidc::Provider>) -> Result<(Found, BrowserTab), Failure> {
        let begun = self.begin(provider).await?;
        let mut attempt = self.driver.attempts.begin(self.uid);
        let redirects = provider.redirects();
        let advice = about_redirects(&self.driver.who(), &redirects, &self.of.client_id);
        let step = SignInStep::Open {
            url: begun.url().to_owned(),
            until: later(PATIENCE),
            redirects,
            client: Some(self.of.client_id.clone()),
        };
        tell(self.steps, step).await?;
        self.unfinished.waits(Some(advice.clone()));
        let finished = tokio::select! {
            finished = begun.finish(PATIENCE) => finished,
            () = attempt.replaced() => {
                self.unfinished.resolve();
                let message = "another sign-in of yours on this machine took the place of this one";
                return Err(Failure::new(Code::Failed, message));
            }
        };
        finished.map_err(|error| {
            self.unfinished.failed(&error);
            failed(&error, Some(advice))
        })
    }

    /// Where the provider knows a few ports only, a sign-in of the same person that was forgotten gives way.
    async fn begin(&self, provider: &Arc<oidc::Provider>) -> Result<BrowserSignIn, Failure> {
        let attempts = &self.driver.attempts;
        loop {
            let begun = match self.driver.asks_who() {
                true => provider.begin_browser_asking_who().await,
                false => provider.begin_browser().await,
            };
            match begun {
                Ok(begun) => return Ok(begun),
                Err(error) if error.is_port_taken() && attempts.end_oldest(self.uid).await => {}
                Err(error) if error.is_port_taken() => {
                    return Err(attempts.of_another(self.uid).map_or_else(|| failed(&error, None), held_by));
                }
                Err(error) => return Err(failed(&error, None)),
            }
        }
    }

    async fn by_code(self, provider: &Arc<oidc::Provider>) -> Result<Found, Failure> {
        let begun = provider.begin_device().await.map_err(|error| {
            self.unfinished.failed(&error);
            failed(&error, None)
        })?;
        let step = SignInStep::Code {
            code: begun.user_code.clone(),
            url: begun.verification_uri.clone(),
            complete_url: begun.verification_uri_complete.clone(),
            until: begun.expires,
        };
        tell(self.steps, step).await?;
        self.unfinished.waits(None);
        begun.finish().await.map_err(|error| {
            self.unfinished.failed(&error);
            failed(&error, None)
        })
    }
}

/// What to do where the provider's page shows an error, which it tells nobody else.
fn about_redirects(organization: &str, redirects: &[String], client: &str) -> String {
    format!(
        "If that page showed an error about a redirect or a reply address, {organization} has to register `{}` there for \
         the client `{client}`; see `sign-in.md` of the manual for each provider",
        redirects.join("`, `")
    )
}

fn held_by(uid: u32) -> Failure {
    let name = host::people::by_uid(uid).ok().flatten().map(|person| person.name);
    let name = name.unwrap_or_else(|| "another person".to_owned());
    let message =
        format!("`{name}` is signing in on this machine, which has one place for the browser's answer");
    Failure::new(Code::Failed, message).with_hint("Try again when that is over, in ten minutes at the latest")
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

fn failed(error: &SignInError, about_redirects: Option<String>) -> Failure {
    let failure = Failure::new(Code::Failed, error.to_string());
    match error {
        SignInError::Web(WebError { kind: WebErrorKind::Status { code: 429 | 500..=599, .. }, .. }) => {
            failure.with_hint("Run `pullgate sign-in` again then")
        }
        SignInError::NoDeviceGrant => {
            failure.with_hint("Run `pullgate sign-in --no-browser` and open its page here")
        }
        SignInError::TimedOut => match about_redirects {
            Some(advice) => failure.with_hint(advice),
            None => failure,
        },
        SignInError::Denied(_)
        | SignInError::Refused { .. }
        | SignInError::OtherIssuer
        | SignInError::IdToken(_)
        | SignInError::Listen { .. }
        | SignInError::Random(_)
        | SignInError::Web(_) => failure,
    }
}

fn later(wait: Duration) -> jiff::Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or_default();
    clock::now().checked_add(wait).unwrap_or(jiff::Timestamp::MAX)
}
