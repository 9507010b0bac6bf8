//! What is kept of a session on disk, so that it outlives a restart.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::clock::later;
use super::state::Ending;
use super::{Credential, Evidence, Hindrance, Needed, Person, State};

/// The layout that this version writes and reads.
pub(crate) const RECORD_VERSION: u32 = 1;

/// A session as it is kept on disk; it holds secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The layout: a reader that knows a lower one must not guess.
    pub version: u32,
    /// The time is no earlier than this.
    pub(super) mark: Timestamp,
    pub(super) content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(super) enum Content {
    Live(Box<Live>),
    Ended(Ending),
}

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Live {
    pub(super) person: Person,
    pub(super) evidence: Evidence,
    /// `None` where the provider gave none, and once it is known to be worthless: the session then runs out.
    pub(super) credential: Option<Credential>,
    /// When the provider last said yes.
    pub(super) confirmed: Timestamp,
    /// The grace that the provider's last yes was given on; later terms can only shorten it.
    pub(super) granted: SignedDuration,
    /// Whether the credential has been sent and what became of it is not known.
    pub(super) in_flight: bool,
    pub(super) trouble: Option<Trouble>,
}

/// Renewing fails, since when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trouble {
    pub(super) since: Timestamp,
    pub(super) why: Hindrance,
}

impl Live {
    pub(super) fn until(&self, grace: SignedDuration) -> Timestamp {
        later(self.confirmed, self.granted.min(grace))
    }

    /// Since when a session that never could be renewed says so: there is nothing to do in the first half of its grace.
    pub(super) fn warning_from(&self, grace: SignedDuration) -> Option<Timestamp> {
        let never = self.credential.is_none() && self.trouble.is_none();
        never.then(|| later(self.confirmed, self.granted.min(grace) / 2))
    }

    pub(super) fn hindered(&mut self, why: Hindrance, now: Timestamp) {
        let since = self.trouble.as_ref().map_or(now, |trouble| trouble.since);
        self.trouble = Some(Trouble { since, why });
    }

    pub(super) fn state(&self, grace: SignedDuration, now: Timestamp, flying: bool) -> State {
        let (person, until) = (self.person.clone(), self.until(grace));
        let warning = self.warning_from(grace).filter(|since| now >= *since);
        let trouble = warning.map(|since| Trouble { since, why: Hindrance::NoRefreshToken });
        match trouble.as_ref().or(self.trouble.as_ref()) {
            trouble if now >= until => {
                let why = trouble.map(|trouble| trouble.why.clone());
                let why = Needed::OfflineTooLong { account: person.account, ended: until, why };
                State::SignInNeeded { why }
            }
            Some(Trouble { since, why }) => {
                State::OfflineGrace { person, since: *since, until, why: why.clone() }
            }
            None if flying => State::Renewing { person },
            None => State::SignedIn { person },
        }
    }
}
