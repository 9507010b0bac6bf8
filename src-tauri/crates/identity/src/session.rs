//! One person's session on this machine, as a state machine without clock, network or disk: inputs go in with the
//! time, events come out, and the state can be read at any moment.
//!
//! Only the provider's explicit no ends a session: `invalid_grant`, another account, or a failed check of membership.
//! Whatever else goes wrong keeps it until its grace ends, which counts from the provider's last yes. Renewing is
//! single-flight, and the record on disk says that a credential is in use before it is: an answer may get lost
//! after the provider has exchanged the token, and the `invalid_grant` that follows is then nobody's verdict, so the
//! session runs out by its grace and the person is asked to sign in again.
//!
//! How the time is told is `clock`'s affair. It decides nothing about images, and does not know the policy.

mod clock;
mod event;
mod failure;
mod people;
mod person;
mod record;
mod renewal;
mod schedule;
mod sentence;
mod state;

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

pub use event::{Answer, Event, Input, Now};
pub use failure::Failure;
pub use person::{Credential, Evidence, Person, Terms, may_replace};
pub(crate) use record::RECORD_VERSION;
pub use record::Record;
pub use sentence::{GIVE_ONE, sentence};
pub use state::{Hindrance, Needed, Refusal, State};

use clock::{Clock, signed, unsigned};
use record::{Content, Live};
use schedule::{Schedule, spread};
use state::Ending;

/// A renewal that nobody answers is given up after this; requests have shorter limits of their own.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How often the record is written again for the sake of its time alone.
const KEEP_EVERY: Duration = Duration::from_secs(60 * 60);

/// What was found on disk when the process started.
#[derive(Clone, Debug)]
pub enum Found {
    /// Nothing: nobody has signed in.
    Nothing,
    /// A record.
    Record(Box<Record>),
    /// A record that cannot be read.
    Unreadable,
}

/// The session of this machine.
#[derive(Clone, Debug)]
pub struct Session {
    terms: Terms,
    held: Held,
    clock: Clock,
    flight: Option<Flight>,
    schedule: Schedule,
    /// The number of the latest renewal, and of the first one of this session.
    renewals: (u64, u64),
    kept_at: Duration,
    last_state: State,
    events: VecDeque<Event>,
}

#[derive(Clone, Debug)]
enum Held {
    Nothing,
    Unreadable,
    Ended(Ending),
    Live(Box<Live>),
}

#[derive(Clone, Debug)]
struct Flight {
    renewal: u64,
    /// Whether it was doubtful before that the provider still knows the credential.
    doubt: bool,
    received: bool,
    give_up: Duration,
}

impl Session {
    /// Begins with what was kept. A session of another provider than `issuer` has ended: its token is for nobody else.
    #[must_use]
    pub fn begin(found: Found, issuer: &str, terms: Terms, now: Now) -> Self {
        let (held, mark) = match found {
            Found::Nothing => (Held::Nothing, Timestamp::UNIX_EPOCH),
            Found::Unreadable => (Held::Unreadable, Timestamp::UNIX_EPOCH),
            Found::Record(record) => match record.content {
                Content::Ended(ending) => (Held::Ended(ending), record.mark),
                Content::Live(live) => (Held::Live(live), record.mark),
            },
        };
        let mut session = Self {
            terms,
            held,
            clock: Clock::new(mark, now),
            flight: None,
            schedule: Schedule::default(),
            renewals: (0, 1),
            kept_at: now.boottime,
            last_state: State::SignInNeeded { why: Needed::Never },
            events: VecDeque::new(),
        };
        session.take_up(issuer, now);
        session.last_state = session.state();
        session
    }

    fn take_up(&mut self, issuer: &str, now: Now) {
        let Held::Live(live) = &self.held else { return };
        if live.person.issuer != issuer {
            self.end(Ending::ProviderChanged);
        } else if live.credential.is_some() && (live.in_flight || live.trouble.is_some()) {
            self.schedule.at_once(now);
        } else if live.credential.is_some() {
            self.plan_recheck(now);
        }
    }

    /// Where the session stands, as of the last input.
    #[must_use]
    pub fn state(&self) -> State {
        match &self.held {
            Held::Nothing => State::SignInNeeded { why: Needed::Never },
            Held::Unreadable => State::SignInNeeded { why: Needed::Unreadable },
            Held::Ended(ending) => ending.state(),
            Held::Live(live) => live.state(self.terms.grace(), self.clock.believed(), self.flight.is_some()),
        }
    }

    /// The person whose session is there, good or run out; only they and administrators may end or replace it.
    #[must_use]
    pub fn owner(&self) -> Option<u32> {
        self.holder().map(|person| person.uid)
    }

    /// Whom the session that is there is renewed for, good or run out.
    #[must_use]
    pub fn holder(&self) -> Option<&Person> {
        match &self.held {
            Held::Live(live) => Some(&live.person),
            Held::Nothing | Held::Unreadable | Held::Ended(_) => None,
        }
    }

    /// What the session that is there is renewed with; none where it cannot be renewed.
    #[must_use]
    pub fn credential(&self) -> Option<&Credential> {
        match &self.held {
            Held::Live(live) => live.credential.as_ref(),
            Held::Nothing | Held::Unreadable | Held::Ended(_) => None,
        }
    }

    /// When the provider last said yes to the session that is there.
    #[must_use]
    pub fn confirmed(&self) -> Option<Timestamp> {
        match &self.held {
            Held::Live(live) => Some(live.confirmed),
            Held::Nothing | Held::Unreadable | Held::Ended(_) => None,
        }
    }

    /// What the provider said when it last said yes to the session that is there.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        match &self.held {
            Held::Live(live) => Some(&live.evidence),
            Held::Nothing | Held::Unreadable | Held::Ended(_) => None,
        }
    }

    /// How far the wall clock is behind the time that is known to have passed, where that is more than ten minutes.
    #[must_use]
    pub fn clock_is_behind(&self) -> Option<SignedDuration> {
        self.clock.error().filter(SignedDuration::is_negative).map(SignedDuration::abs)
    }

    /// How far the wall clock is ahead of the provider's, where that is known and more than ten minutes.
    #[must_use]
    pub fn clock_is_ahead(&self) -> Option<SignedDuration> {
        self.clock.error().filter(SignedDuration::is_positive)
    }

    /// A time that is certainly past, as of the last input: by the provider's word, by what was kept over a restart, or by
    /// a clock that ran evenly for long.
    #[must_use]
    pub fn time_floor(&self) -> Timestamp {
        self.clock.floor()
    }

    /// The next thing to do, until there is none.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to say [`Input::Tick`] if nothing else happens before, as time since the machine started, and what for.
    /// A timer that stops while the machine sleeps has to be asked anew after it woke.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Duration, &'static str)> {
        let Held::Live(live) = &self.held else { return None };
        let now = self.clock.now().boottime;
        let at = |time: Timestamp| {
            let left = time.duration_since(self.clock.believed());
            left.is_positive().then(|| now.saturating_add(unsigned(left)))
        };
        let grace = self.terms.grace();
        let reasons = [
            (self.flight.as_ref().map(|flight| flight.give_up), "give up on a renewal"),
            (self.schedule.due, "renew"),
            (live.warning_from(grace).and_then(at), "say that it cannot be renewed"),
            (at(live.until(grace)), "the grace ends"),
            (Some(self.kept_at.saturating_add(KEEP_EVERY)), "keep what time it is"),
        ];
        reasons.into_iter().filter_map(|(when, why)| Some((when?, why))).min()
    }

    /// Takes in what happened.
    pub fn handle(&mut self, input: Input, now: Now) {
        self.clock.read(now);
        match input {
            Input::Tick => {}
            Input::NetworkUp | Input::Woke => self.schedule.hope(now),
            Input::Asked => self.asked(now),
            Input::SignedIn { person, credential, evidence, said_at } => {
                self.confirm_time(said_at);
                self.sign_in(person, credential, evidence, now);
            }
            Input::SignInRefused(refusal) => self.refuse_sign_in(refusal),
            Input::SignedOut => self.sign_out(),
            Input::Rejudged(judged) => self.rejudge(judged),
            Input::Terms(terms) => self.agree(terms, now),
            Input::ServerTime(said) => self.clock.hear(said),
            Input::Received { renewal, credential } => self.receive(renewal, credential),
            Input::RenewalEnded { renewal, answer } => {
                if let Some(flight) = self.flight.take_if(|flight| flight.renewal == renewal) {
                    self.conclude(&flight, answer, now);
                }
            }
        }
        self.pursue(now);
        self.tell();
    }

    /// Does what has come due.
    fn pursue(&mut self, now: Now) {
        if let Some(flight) = self.flight.take_if(|flight| flight.give_up <= now.boottime) {
            self.conclude(&flight, Answer::Failed(Failure::NoAnswer), now);
        }
        if self.flight.is_none() && self.schedule.due.is_some_and(|due| due <= now.boottime) {
            self.renew(now);
        }
        if matches!(self.held, Held::Live(_)) && self.kept_at.saturating_add(KEEP_EVERY) <= now.boottime {
            self.keep();
        }
    }

    fn tell(&mut self) {
        let state = self.state();
        if state != self.last_state {
            self.last_state = state;
            self.events.push_back(Event::Changed);
        }
    }

    fn keep(&mut self) {
        let content = match &self.held {
            Held::Nothing | Held::Unreadable => return,
            Held::Ended(ending) => Content::Ended(ending.clone()),
            Held::Live(live) => Content::Live(live.clone()),
        };
        self.kept_at = self.clock.now().boottime;
        let record = Box::new(Record { version: RECORD_VERSION, mark: self.clock.floor(), content });
        self.events.push_back(Event::Keep(record));
    }

    fn end(&mut self, ending: Ending) {
        self.held = Held::Ended(ending);
        self.flight = None;
        self.schedule.stop();
        self.keep();
    }

    /// Where the provider told no time, what is believed is held on to, so that a grace never counts from a time
    /// that has not come.
    fn confirm_time(&mut self, said_at: Option<Timestamp>) {
        self.clock.confirm(said_at.unwrap_or(self.clock.believed()));
    }

    fn plan_recheck(&mut self, now: Now) {
        let Held::Live(live) = &self.held else { return };
        let pause = spread(unsigned(self.terms.recheck()), now.chance);
        let passed = self.clock.believed().duration_since(live.confirmed);
        self.schedule.recheck(unsigned(signed(pause).saturating_sub(passed)), now);
    }
}

#[cfg(test)]
pub(crate) mod tests;
