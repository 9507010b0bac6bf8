//! The person's session: as the policy judges by it, as the status shows it, and as a condition tells of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use policy::{SignIn, SignInReason};
use wire::{Condition, Severity, SignInState};

use super::acme;
use super::invented::{DAY, HOUR, after, before};
use crate::Scene;

/// A state of the person's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Session {
    /// Nobody asks for one.
    NotAsked,
    /// A good one.
    Good,
    /// A good one that could not be renewed for days.
    Grace,
    /// The identity provider ended it.
    Revoked,
    /// The person ended it.
    SignedOut {
        /// When.
        at: Timestamp,
    },
}

/// How long ago the identity provider ended the session.
const REVOKED: i64 = 40;
/// How long the identity provider has been out of reach.
const UNREACHED: i64 = 3 * DAY - HOUR;

impl Session {
    /// The session that a scene had at a time.
    pub(super) fn of(scene: Scene, now: Timestamp, time: Timestamp) -> Self {
        match scene {
            Scene::Acme | Scene::Fresh => Self::Good,
            Scene::Troubled => Self::Grace,
            Scene::SignIn if time < before(now, REVOKED) => Self::Good,
            Scene::SignIn => Self::Revoked,
            Scene::Unenrolled => Self::NotAsked,
        }
    }

    /// What the policy judges by.
    pub(super) fn judged(self) -> SignIn {
        match self {
            Self::NotAsked => SignIn::NotRequired,
            Self::Good | Self::Grace => SignIn::SignedIn {
                account: acme::ACCOUNT.to_owned(),
                uid: acme::UID,
                alone: true,
                groups: acme::groups(),
                withheld: BTreeSet::new(),
                hub_role: None,
            },
            Self::Revoked | Self::SignedOut { .. } => SignIn::Needed { why: SignInReason::Ended },
        }
    }

    /// What the status shows.
    pub(super) fn shown(self, now: Timestamp) -> SignInState {
        let (account, uid, groups) = (acme::ACCOUNT.to_owned(), Some(acme::UID), acme::groups());
        match self {
            Self::NotAsked => SignInState::NotRequired,
            Self::Good => SignInState::SignedIn { account, uid, groups, shared_with: None },
            Self::Grace => {
                let (until, sentence) = (grace(now), self.sentence(now));
                SignInState::OfflineGrace { account, uid, groups, until, sentence }
            }
            Self::Revoked | Self::SignedOut { .. } => {
                SignInState::Needed { why: SignInReason::Ended, sentence: Some(self.sentence(now)) }
            }
        }
    }

    /// The session in words.
    pub(super) fn sentence(self, now: Timestamp) -> String {
        let account = acme::ACCOUNT;
        match self {
            Self::NotAsked => "Nobody is signed in on this machine".to_owned(),
            Self::Good => format!("You are signed in to Acme as `{account}`."),
            Self::Grace => format!(
                "Your sign-in could not be renewed since {} (`login.acme.example` cannot be reached); images keep \
                 working until {}. It is tried again by itself; check the network, the VPN and the proxy.",
                local_time(before(now, UNREACHED)),
                local_time(grace(now))
            ),
            Self::Revoked => format!(
                "`{account}` was signed out by the identity provider of Acme. Run `pullgate sign-in` to use images again."
            ),
            Self::SignedOut { .. } => {
                "The sign-in to Acme on this machine was ended. Run `pullgate sign-in` to use images \
                                again."
                    .to_owned()
            }
        }
    }

    /// What needs the person's eyes.
    pub(super) fn condition(self, now: Timestamp) -> Option<Condition> {
        let (code, severity, since) = match self {
            Self::NotAsked | Self::Good => return None,
            Self::Grace => ("sign-in-offline", Severity::Attention, before(now, UNREACHED)),
            Self::Revoked => ("sign-in-needed", Severity::Critical, before(now, REVOKED)),
            Self::SignedOut { at } => ("sign-in-needed", Severity::Critical, at),
        };
        Some(Condition { code: code.to_owned(), severity, sentence: self.sentence(now), since, action: None })
    }
}

fn grace(now: Timestamp) -> Timestamp {
    after(before(now, UNREACHED), 14 * DAY)
}

fn local_time(time: Timestamp) -> String {
    time.strftime("%b %-d, %H:%M UTC").to_string()
}
