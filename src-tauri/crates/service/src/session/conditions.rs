//! The session as the policy judges by it, as the status shows it, and as conditions tell what needs somebody's eyes.

use std::collections::BTreeSet;

use host::clock;
use identity::session::{Needed, State, sentence};
use jiff::tz::TimeZone;
use policy::{SignIn, SignInReason};
use wire::{Severity, SignInState};

use super::SessionDriver;
use crate::age::ClockError;

const NEEDED: &str = "sign-in-needed";
const OFFLINE: &str = "sign-in-offline";
const SHARED: &str = "sign-in-shared";

impl SessionDriver {
    /// What the gateway judges by. A sign-in that `required` does not ask for only adds what holds for groups.
    pub(crate) fn sign_in(&self, required: bool) -> SignIn {
        let live = self.lock();
        let Some(live) = live.as_ref() else {
            return SignIn::NotRequired;
        };
        let state = live.session.state();
        match state.person() {
            Some(person) => SignIn::SignedIn {
                account: person.account.clone(),
                uid: person.uid,
                alone: self.others.than(person.uid).is_empty(),
                groups: person.groups.clone(),
                withheld: BTreeSet::new(),
                hub_role: person.hub_role.clone(),
            },
            None if required && live.identity.required => SignIn::Needed { why: reason(state) },
            None => SignIn::NotRequired,
        }
    }

    /// What the status shows.
    pub(crate) fn shown(&self, judged: &SignIn, organization: &str) -> SignInState {
        let state = self.lock().as_ref().map(|live| live.session.state());
        match (judged, state) {
            (SignIn::NotRequired, _) => SignInState::NotRequired,
            (SignIn::Needed { why }, _) => {
                SignInState::Needed { why: why.clone(), sentence: self.sentence(organization) }
            }
            (SignIn::SignedIn { account, uid, groups, .. }, Some(State::OfflineGrace { until, .. })) => {
                SignInState::OfflineGrace {
                    account: account.clone(),
                    uid: Some(*uid),
                    groups: groups.clone(),
                    until,
                    sentence: self.sentence(organization).unwrap_or_default(),
                }
            }
            (SignIn::SignedIn { account, uid, alone, groups, .. }, _) => SignInState::SignedIn {
                account: account.clone(),
                uid: Some(*uid),
                groups: groups.clone(),
                shared_with: (!alone).then(|| self.others.than(*uid)),
            },
        }
    }

    /// The session in words.
    pub(crate) fn sentence(&self, organization: &str) -> Option<String> {
        let now = clock::now().to_zoned(TimeZone::system());
        self.lock().as_ref().map(|live| sentence(&live.session.state(), organization, &now))
    }

    /// Tells what needs somebody's eyes.
    pub(crate) fn raise(&self, judged: &SignIn, organization: &str) {
        let state_sentence = self.sentence(organization).unwrap_or_default();
        let state = self.lock().as_ref().map(|live| live.session.state());
        let offline = matches!(state, Some(State::OfflineGrace { .. }));
        let put = |code, severity, holds: bool, sentence: String, action: Option<&str>| match holds {
            true => self.conditions.raise(code, severity, sentence, action),
            false => self.conditions.clear(code),
        };
        let needed = matches!(judged, SignIn::Needed { .. });
        put(NEEDED, Severity::Critical, needed, state_sentence.clone(), None);
        put(OFFLINE, Severity::Attention, offline && !needed, state_sentence, None);
        let shared = match judged {
            SignIn::SignedIn { uid, alone: false, groups, hub_role, .. }
                if !groups.is_empty() || hub_role.is_some() =>
            {
                self.others.than(*uid)
            }
            SignIn::SignedIn { .. } | SignIn::NotRequired | SignIn::Needed { .. } => BTreeSet::new(),
        };
        let names = shared.iter().cloned().collect::<Vec<_>>().join(", ");
        let sentence = format!(
            "{names} can use Docker Engine on this machine, too, so what {organization} allows for your groups alone is \
             blocked there"
        );
        let action = "Use Podman for these images, or take others out of the group `docker`";
        put(SHARED, Severity::Notice, !shared.is_empty(), sentence, Some(action));
    }

    /// How wrong the wall clock is by what the session heard.
    pub(crate) fn clock_error(&self) -> Option<ClockError> {
        let live = self.lock();
        let session = &live.as_ref()?.session;
        let behind = session.clock_is_behind().map(ClockError::Behind);
        behind.or_else(|| session.clock_is_ahead().map(ClockError::Ahead))
    }
}

fn reason(state: State) -> SignInReason {
    match state {
        State::WrongOrganization { account, .. } => SignInReason::WrongOrganization { account },
        State::ClaimsMissing { claim, .. } => SignInReason::ClaimMissing { claim },
        State::SignInNeeded { why } => match why {
            Needed::Never => SignInReason::Never,
            Needed::OfflineTooLong { .. } => SignInReason::OfflineTooLong,
            Needed::SignedOut
            | Needed::Revoked { .. }
            | Needed::AccountChanged { .. }
            | Needed::ProviderChanged
            | Needed::Unreadable => SignInReason::Ended,
        },
        // These have a person, and are good.
        State::SignedIn { .. } | State::Renewing { .. } | State::OfflineGrace { .. } => SignInReason::Ended,
    }
}
