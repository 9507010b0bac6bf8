//! What goes into a session and what comes out.

use std::time::Duration;

use jiff::Timestamp;

use super::{Credential, Evidence, Failure, Person, Record, Refusal, Terms};

/// The clocks at one moment, with a little chance.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// What the wall clock says; people and broken batteries set it.
    pub wall: Timestamp,
    /// The time since the machine started, sleep included.
    pub boottime: Duration,
    /// A fresh random number: it keeps a thousand machines from asking their provider in the same second.
    pub chance: u32,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// A timeout came due.
    Tick,
    /// The network came back.
    NetworkUp,
    /// The machine woke from sleep.
    Woke,
    /// Somebody wants a renewal by hand.
    Asked,
    /// Somebody signed in and is a member; this replaces what was there. Whether they may, [`super::may_replace`] says.
    SignedIn {
        /// Who.
        person: Person,
        /// What the session is renewed with; without it, it runs out with its grace.
        credential: Option<Credential>,
        /// What was seen of the provider.
        evidence: Evidence,
        /// The provider's own time of saying so: the token's `iat`, or its HTTP `Date`.
        said_at: Option<Timestamp>,
    },
    /// A sign-in was refused; a session that is there stays, and so does one that cannot be read.
    SignInRefused(Refusal),
    /// The person signed out.
    SignedOut,
    /// Another rule says who is a member or what their groups are: the verdict on the session's [`Evidence`] under it,
    /// to be told once more after a renewal that was judged under the rule before.
    Rejudged(Result<Person, Refusal>),
    /// The policy has new terms.
    Terms(Terms),
    /// A time that some server told over a trusted connection, such as HTTP `Date`; it can be wrong.
    ServerTime(Timestamp),
    /// The provider exchanged the credential; told as soon as it is known, before anything of the answer is checked.
    Received {
        /// Which renewal.
        renewal: u64,
        /// The successor.
        credential: Credential,
    },
    /// A renewal is over.
    RenewalEnded {
        /// Which renewal.
        renewal: u64,
        /// With what result.
        answer: Answer,
    },
}

/// How a renewal went.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The provider vouches for the person, and they are still a member.
    Confirmed {
        /// As the provider describes them by now; the uid stays that of the session.
        person: Person,
        /// What was seen of the provider.
        evidence: Evidence,
        /// The provider's own time of saying so: the token's `iat`, or its HTTP `Date`.
        said_at: Option<Timestamp>,
    },
    /// The provider answered `invalid_grant`, or refused the Docker Hub login.
    InvalidGrant,
    /// The provider vouches for the person, and they are no longer a member or it cannot be told.
    Refused(Refusal),
    /// No verdict, and the credential may have been sent.
    Failed(Failure),
    /// No verdict, and the credential was not sent: something failed before.
    NotAsked(Failure),
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Write the record to disk. When that fails, the `Renew` that follows is not sent but answered with
    /// [`Failure::NotKept`].
    Keep(Box<Record>),
    /// Ask the provider with this credential, within four minutes, and say `Received` and `RenewalEnded`.
    Renew {
        /// Its number, for the answer.
        renewal: u64,
        /// What to ask with.
        credential: Credential,
    },
    /// Tell the provider that this credential will not be used again; nobody waits for the answer.
    Revoke(Credential),
    /// [`super::Session::state`] is not what it was.
    Changed,
}
