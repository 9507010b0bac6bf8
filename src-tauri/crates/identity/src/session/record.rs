//! What is kept of a session on disk, so that it outlives a restart.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::clock::later;
use super::state::Ending;
use super::{Credential, Evidence, Hindrance, Needed, Person, State};

/// The layout that this version writes and reads.
pub const RECORD_VERSION: u32 = 1;

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
    /// `None` once it is known to be worthless: the session then runs out.
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

    pub(super) fn hindered(&mut self, why: Hindrance, now: Timestamp) {
        let since = self.trouble.as_ref().map_or(now, |trouble| trouble.since);
        self.trouble = Some(Trouble { since, why });
    }

    pub(super) fn state(&self, until: Timestamp, now: Timestamp, flying: bool) -> State {
        let person = self.person.clone();
        match &self.trouble {
            trouble if now >= until => {
                let why = trouble.as_ref().map(|trouble| trouble.why.clone());
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
