//! What people and the policy see of a session.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Failure, Person};

/// Where the session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Good.
    SignedIn {
        /// Whose it is.
        person: Person,
    },
    /// Good, and the provider is being asked again.
    Renewing {
        /// Whose it is.
        person: Person,
    },
    /// Good for some time yet, although the provider could not be asked again.
    OfflineGrace {
        /// Whose it is.
        person: Person,
        /// Since when renewing has failed.
        since: Timestamp,
        /// When it stops being good.
        until: Timestamp,
        /// What stands in the way.
        why: Hindrance,
    },
    /// Nobody is signed in.
    SignInNeeded {
        /// Why.
        why: Needed,
    },
    /// The account is not in the organization.
    WrongOrganization {
        /// The account.
        account: String,
        /// What the enrollment requires.
        required: String,
    },
    /// The provider did not send what membership is judged by.
    ClaimsMissing {
        /// The claim.
        claim: String,
        /// Whether it was left out because it is too long.
        too_many: bool,
    },
}

impl State {
    /// The person whose session lets images in; `None` when it does not.
    #[must_use]
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::SignedIn { person } | Self::Renewing { person } | Self::OfflineGrace { person, .. } => {
                Some(person)
            }
            Self::SignInNeeded { .. } | Self::WrongOrganization { .. } | Self::ClaimsMissing { .. } => None,
        }
    }
}

/// What keeps a session from being renewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Hindrance {
    /// The last attempt failed; the next one may not.
    Failed {
        /// How.
        failure: Failure,
    },
    /// An answer of the provider got lost, and with it what the session is renewed with.
    SignInAgain,
    /// The provider gave nothing to renew the session with; told from half of the grace on.
    NoRefreshToken,
}

/// Why a sign-in is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Nobody has signed in on this machine.
    Never,
    /// The person signed out.
    SignedOut,
    /// The provider ended the session.
    Revoked {
        /// The account.
        account: String,
    },
    /// The provider answered a renewal for another account.
    AccountChanged {
        /// Whose session it was.
        account: String,
        /// Whom the provider named.
        found: String,
    },
    /// The machine now belongs to another provider.
    ProviderChanged,
    /// The provider could not be asked for longer than the grace.
    OfflineTooLong {
        /// The account.
        account: String,
        /// When the grace ended.
        ended: Timestamp,
        /// What stood in the way, if anything was tried.
        why: Option<Hindrance>,
    },
    /// The session that was kept on this machine cannot be read.
    Unreadable,
}

/// What the provider, or what it says, has against an account: the one verdict besides `invalid_grant` that ends a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Refusal {
    /// The account is not in the organization.
    NotMember {
        /// The account.
        account: String,
        /// What the enrollment requires.
        required: String,
    },
    /// The provider did not send what membership is judged by.
    #[serde(alias = "unresolved")]
    ClaimMissing {
        /// The claim.
        #[serde(default)]
        claim: String,
        /// Whether it was left out because it is too long.
        #[serde(default)]
        too_many: bool,
    },
}

/// How a session ended for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub(super) enum Ending {
    SignedOut,
    Revoked { account: String },
    AccountChanged { account: String, found: String },
    ProviderChanged,
    Refused { refusal: Refusal },
}

impl Ending {
    pub(super) fn state(&self) -> State {
        let needed = |why| State::SignInNeeded { why };
        match self.clone() {
            Self::SignedOut => needed(Needed::SignedOut),
            Self::Revoked { account } => needed(Needed::Revoked { account }),
            Self::AccountChanged { account, found } => needed(Needed::AccountChanged { account, found }),
            Self::ProviderChanged => needed(Needed::ProviderChanged),
            Self::Refused { refusal } => refusal.into(),
        }
    }
}

impl From<Refusal> for State {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotMember { account, required } => Self::WrongOrganization { account, required },
            Refusal::ClaimMissing { claim, too_many } => Self::ClaimsMissing { claim, too_many },
        }
    }
}
