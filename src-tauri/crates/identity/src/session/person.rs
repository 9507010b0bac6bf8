//! Whose session it is, what it is renewed with, and on which terms.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The person who signed in, as the provider last described them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Whose session this is on the machine.
    pub uid: u32,
    /// The provider that vouches for them; `subject` means something only together with it.
    pub issuer: String,
    /// The provider's name for them that never changes.
    pub subject: String,
    /// The name that people know: `ada@acme.example`.
    pub account: String,
    /// Their groups in the organization.
    pub groups: BTreeSet<String>,
    /// Their role in the organization on Docker Hub.
    pub hub_role: Option<String>,
}

impl Person {
    /// Whether both are one account of one provider, whatever it is called by now.
    #[must_use]
    pub(crate) fn is_same_account(&self, other: &Self) -> bool {
        (&self.issuer, &self.subject) == (&other.issuer, &other.subject)
    }
}

/// What a session is renewed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Credential {
    /// An OpenID Connect refresh token, which the provider may exchange at each use.
    Refresh {
        /// The token.
        token: Secret,
    },
    /// A Docker Hub account with its password or access token.
    HubPassword {
        /// The account.
        username: String,
        /// Its password or access token.
        secret: Secret,
    },
    /// The Docker Hub login that this person keeps for their engine; it is read anew at each use.
    HubReuse {
        /// Whose login it is.
        uid: u32,
    },
}

impl Credential {
    /// Whether using it may have made the provider exchange it, so that an answer that got lost took the
    /// successor with it.
    pub(super) fn rotates(&self) -> bool {
        match self {
            Self::Refresh { .. } => true,
            Self::HubPassword { .. } | Self::HubReuse { .. } => false,
        }
    }
}

/// What the provider said when it last said yes, for the next renewal and for the sign-out; the session only keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it says about the person, word for word.
    pub claims: Map<String, Value>,
    /// The signed statement.
    pub id_token: Option<Secret>,
}

/// How long a session lasts without word from the provider, and how often it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long after the provider's last yes the session lasts; less than an hour counts as one.
    pub grace: SignedDuration,
    /// How long after the provider's last yes it is asked again; never longer than half the grace.
    pub recheck: SignedDuration,
}

const SHORTEST_GRACE: SignedDuration = SignedDuration::from_hours(1);
const SHORTEST_RECHECK: SignedDuration = SignedDuration::from_mins(1);

impl Default for Terms {
    fn default() -> Self {
        Self { grace: SignedDuration::from_hours(336), recheck: SignedDuration::from_hours(8) }
    }
}

impl Terms {
    pub(super) fn grace(&self) -> SignedDuration {
        self.grace.max(SHORTEST_GRACE)
    }

    /// The question must come well before the grace that waits for its answer ends.
    pub(super) fn recheck(&self) -> SignedDuration {
        self.recheck.min(self.grace() / 2).max(SHORTEST_RECHECK)
    }
}

/// Whether `uid` may end or replace the session of `owner`: it is their own, there is none, or they administer
/// the machine.
#[must_use]
pub fn may_replace(owner: Option<u32>, uid: u32, administrator: bool) -> bool {
    administrator || owner.is_none_or(|owner| owner == uid)
}
