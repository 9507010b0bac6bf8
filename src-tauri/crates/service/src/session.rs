//! The session of this machine: the state machine of `identity`, fed with what happens and obeyed in what it asks.

mod attempts;
mod conditions;
mod flow;
mod hub;
mod others;
mod provider;
mod provider_cache;
mod renew;
mod sign_out;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use enrollment::{Enrollment, Identity, Provider};
use host::clock;
use identity::{
    session::{Answer, Credential, Event, Failure, Found, Input, Now, Session, State, Terms},
    vault::{Vault, VaultError},
};
use tokio::sync::{Notify, broadcast, watch};
use wire::Severity;

use super::{
    conditions::Conditions, decisions::random_bits, enrolled::issuer, host_events::HostEvent,
    in_force::InForce, own_egress::OwnEgress, steward_client::Steward, time,
};

use attempts::{Attempts, UNFINISHED};
use others::Others;
use provider_cache::ProviderCache;

pub(super) use flow::{may_end, refresh_local_users, sign_in};
pub(super) use hub::bearer as hub_bearer;
pub(super) use sign_out::sign_out;

/// Drives the session: whoever goes by it hears when it has changed.
pub(super) struct SessionDriver {
    state: PathBuf,
    steward: Steward,
    conditions: Arc<Conditions>,
    own_egress: Arc<OwnEgress>,
    in_force: watch::Receiver<InForce>,
    changed: watch::Sender<()>,
    signed_in: watch::Sender<()>,
    live: Mutex<Option<Live>>,
    others: Others,
    keeper: ProviderCache,
    attempts: Attempts,
    nudge: Notify,
}

/// A machine whose enrollment has a sign-in.
struct Live {
    identity: Identity,
    session: Session,
    /// None where the key to it cannot be used.
    vault: Option<Vault>,
    /// What the session is renewed with, for questions beside renewals.
    credential: Option<Credential>,
    /// Whether the last record could be written.
    is_kept: bool,
    /// Whether the last sign-in brought an account that does not fit, which the browser still knows.
    asks_who: bool,
}

const UNREADABLE: &str = "session-unreadable";
const NOT_KEPT: &str = "session-not-kept";
/// The runtime's clock stands still while the machine sleeps, so no wait is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

impl SessionDriver {
    pub(super) fn new(
        state: PathBuf,
        steward: Steward,
        conditions: Arc<Conditions>,
        own_egress: Arc<OwnEgress>,
        in_force: watch::Receiver<InForce>,
    ) -> Self {
        Self {
            state,
            steward,
            conditions,
            own_egress,
            in_force,
            changed: watch::Sender::default(),
            signed_in: watch::Sender::default(),
            live: Mutex::default(),
            others: Others::default(),
            keeper: ProviderCache::default(),
            attempts: Attempts::default(),
            nudge: Notify::new(),
        }
    }

    /// Changes whenever the session is another than before.
    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Changes whenever somebody has signed in.
    pub(super) fn subscribe_sign_ins(&self) -> watch::Receiver<()> {
        self.signed_in.subscribe()
    }

    /// Takes the enrollment in: another provider begins anew, the same one goes on.
    pub(super) fn enroll(&self, enrollment: Option<&Enrollment>) {
        let mut live = self.lock();
        let identity = enrollment.and_then(|enrollment| enrollment.identity.as_ref());
        if live.as_ref().map(|live| &live.identity) == identity {
            return;
        }
        self.conditions.clear(UNFINISHED);
        if identity.is_none() {
            self.keeper.forget(&self.state);
        }
        // With the same provider the session goes on, and with it a renewal that is under way.
        if let (Some(live), Some(identity)) = (live.as_mut(), identity)
            && issuer(&live.identity) == issuer(identity)
        {
            live.identity = identity.clone();
            live.judge_again();
            return self.nudge.notify_one();
        }
        *live = identity.map(|identity| Live::begin(&self.state, identity, &self.conditions));
        drop(live);
        self.nudge.notify_one();
    }

    /// Tells the session what happened.
    fn tell(&self, input: Input) {
        if let Some(live) = self.lock().as_mut() {
            live.handle(input);
        }
        self.nudge.notify_one();
    }

    /// Tells what a renewal brought; says no where there is no session any longer that it could belong to.
    fn answer(&self, identity: &Identity, input: Input) -> bool {
        let taken = self.lock().as_mut().is_some_and(|live| live.take(identity, input));
        self.nudge.notify_one();
        taken
    }

    /// The terms that the policy in force sets.
    pub(super) fn agree(&self, terms: Terms) {
        self.tell(Input::Terms(terms));
    }

    /// A time that was heard over a trusted connection.
    pub(super) fn hear(&self, time: jiff::Timestamp) {
        self.tell(Input::ServerTime(time));
    }

    /// Leaves nothing of a session on disk that nobody has any longer.
    fn forget(&self) {
        if let Some(Err(error)) = self.lock().as_ref().and_then(|live| live.vault.as_ref()).map(Vault::forget)
        {
            tracing::warn!(%error, "what is left of an earlier session could not be removed");
        }
    }

    /// Looks up who else reaches the engines of root; blocks.
    pub(super) fn look_up_local_users(&self) {
        if let Some(uid) = self.owner() {
            self.others.look(uid);
        }
    }

    /// Whose session there is.
    pub(super) fn owner(&self) -> Option<u32> {
        self.lock().as_ref().and_then(|live| live.session.owner())
    }

    fn ask_who(&self, asks_who: bool) {
        if let Some(live) = self.lock().as_mut() {
            live.asks_who = asks_who;
        }
    }

    /// Whether the next sign-in in a browser has to ask who it is.
    fn asks_who(&self) -> bool {
        self.lock().as_ref().is_some_and(|live| live.asks_who)
    }

    /// What people call the organization.
    fn who(&self) -> String {
        self.in_force.borrow().enrolled.organization().display
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    fn begin(state: &Path, identity: &Identity, conditions: &Conditions) -> Self {
        let (vault, found) = find(state, conditions);
        let session = Session::begin(found, issuer(identity), Terms::default(), now());
        time::of_session(session.time_floor());
        let credential = session.credential().cloned();
        let identity = identity.clone();
        let asks_who =
            matches!(session.state(), State::WrongOrganization { .. } | State::ClaimsMissing { .. });
        Self { identity, session, vault, credential, is_kept: true, asks_who }
    }
}

impl Live {
    /// Tells the session what happened; what it knows of the time, everything here goes by.
    fn handle(&mut self, input: Input) {
        self.session.handle(input, now());
        time::of_session(self.session.time_floor());
    }

    /// Takes in what a renewal brought that was asked of `identity`; says no where it is another provider's by now.
    fn take(&mut self, identity: &Identity, input: Input) -> bool {
        if issuer(&self.identity) != issuer(identity) {
            return false;
        }
        let is_verdict = matches!(input, Input::RenewalEnded { .. });
        self.handle(input);
        // It was judged by the rule that held when it was asked.
        if is_verdict && self.identity != *identity {
            self.judge_again();
        }
        true
    }

    /// Applies a rule that is new to what the provider last said, and has the provider asked for what it did not say.
    fn judge_again(&mut self) {
        let Provider::Oidc(of) = &self.identity.provider else {
            return self.handle(Input::Asked);
        };
        let (said, person) = (self.session.evidence(), self.session.holder().cloned());
        let verdict = said.zip(person).and_then(|(said, person)| provider::judge_again(of, said, person));
        if let Some(verdict) = verdict {
            self.handle(Input::Rejudged(verdict));
        }
        self.handle(Input::Asked);
    }
}

/// What was kept of a session. Where it cannot even be looked for, nobody is signed in, and nothing can be kept.
fn find(state: &Path, conditions: &Conditions) -> (Option<Vault>, Found) {
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY");
    let vault = Vault::open(state, credentials.as_deref().map(Path::new));
    let loaded = vault.as_ref().map(Vault::load);
    let found = match loaded {
        Ok(Ok(Some(record))) => Found::Record(Box::new(record)),
        Ok(Ok(None)) => Found::Nothing,
        Ok(Err(error)) => {
            unreadable(conditions, &error);
            Found::Unreadable
        }
        Err(error) => {
            unreadable(conditions, error);
            Found::Unreadable
        }
    };
    (vault.ok(), found)
}

fn unreadable(conditions: &Conditions, error: &VaultError) {
    let sentence = format!("The session that was kept on this machine cannot be read: {error}");
    conditions.raise(UNREADABLE, Severity::Critical, sentence, Some("Run `pullgate sign-in`"));
}

fn now() -> Now {
    let chance = u32::try_from(random_bits() & u64::from(u32::MAX)).unwrap_or_default();
    Now { wall: clock::now(), boottime: clock::boottime(), chance }
}

/// Keeps the session good as long as the service runs.
pub(super) async fn run(driver: Arc<SessionDriver>, mut events: broadcast::Receiver<HostEvent>) {
    loop {
        if pump(&driver) {
            driver.changed.send_replace(());
        }
        let wait = driver.lock().as_ref().and_then(|live| live.session.poll_timeout());
        let wait = wait.map_or(LONGEST_WAIT, |(due, _)| due.saturating_sub(clock::boottime()));
        let input = tokio::select! {
            () = driver.nudge.notified() => None,
            () = tokio::time::sleep(wait.min(LONGEST_WAIT)) => Some(Input::Tick),
            event = events.recv() => {
                driver.keeper.drop_connections();
                match event {
                    Ok(HostEvent::NetworkUp) | Err(_) => Some(Input::NetworkUp),
                    Ok(HostEvent::Woke) => Some(Input::Woke),
                }
            }
        };
        if let (Some(input), Some(live)) = (input, driver.lock().as_mut()) {
            live.handle(input);
        }
    }
}

/// Does what the session asks for; says whether it is another than before.
fn pump(driver: &Arc<SessionDriver>) -> bool {
    let mut guard = driver.lock();
    let Some(live) = guard.as_mut() else { return false };
    let mut changed = false;
    while let Some(event) = live.session.poll_event() {
        match event {
            Event::Keep(record) => {
                let ended = live.session.owner().is_none();
                live.is_kept = keep(live.vault.as_ref(), &record, &driver.conditions);
                if ended && !live.is_kept && live.vault.as_ref().is_some_and(|vault| vault.forget().is_ok()) {
                    // A session that has ended must not be there again after a restart.
                    driver.conditions.clear(NOT_KEPT);
                }
                live.credential = live.session.credential().cloned();
            }
            Event::Renew { renewal, .. } if !live.is_kept => {
                let answer = Answer::Failed(Failure::NotKept);
                live.handle(Input::RenewalEnded { renewal, answer });
            }
            Event::Renew { renewal, credential } => {
                let person = live.session.holder().cloned();
                let claims = live.session.evidence().map(|evidence| evidence.claims.clone());
                let identity = live.identity.clone();
                let asked = renew::Question {
                    renewal,
                    credential,
                    person,
                    identity,
                    claims: claims.unwrap_or_default(),
                };
                tokio::spawn(renew::renew(Arc::clone(driver), asked));
            }
            Event::Revoke(credential) => {
                tokio::spawn(sign_out::revoke(Arc::clone(driver), live.identity.clone(), credential));
            }
            Event::Changed => changed = true,
        }
    }
    changed
}

fn keep(vault: Option<&Vault>, record: &identity::session::Record, conditions: &Conditions) -> bool {
    // What is wrong with it was told when it was looked for.
    let Some(vault) = vault else { return false };
    match vault.keep(record) {
        Ok(()) => {
            conditions.clear(NOT_KEPT);
            conditions.clear(UNREADABLE);
            true
        }
        Err(error) => {
            let sentence = format!("The session holds and cannot be kept for the next start: {error}");
            let action = "Free some space in `/var/lib/pullgate`, or correct its owner";
            conditions.raise(NOT_KEPT, Severity::Attention, sentence, Some(action));
            false
        }
    }
}
