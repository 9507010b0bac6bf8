//! A machine with a session on it: true time passes, and the wall clock can be wrong.

use std::time::Duration;

use secret::Secret;

use crate::session::*;

pub(super) const ISSUER: &str = "https://login.acme.example";

pub(super) fn noon() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(super) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub(super) fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

pub(super) fn ada() -> Person {
    Person {
        uid: 1000,
        issuer: ISSUER.to_owned(),
        subject: "u-1".to_owned(),
        account: "ada@acme.example".to_owned(),
        groups: ["engineering".to_owned()].into(),
        hub_role: None,
    }
}

pub(super) fn token(number: u32) -> Credential {
    Credential::Refresh { token: Secret::new(format!("refresh-{number}")) }
}

pub(super) fn no_network() -> Answer {
    Answer::Failed(Failure::NoNetwork)
}

/// What a session of Ada's looks like on disk.
pub(crate) fn kept_record() -> Record {
    Stage::signed_in().disk.unwrap()
}

/// What is left of it after the sign-out.
pub(crate) fn ended_record() -> Record {
    let mut stage = Stage::signed_in();
    stage.tell(Input::SignedOut);
    stage.disk.unwrap()
}

pub(super) struct Stage {
    pub(super) session: Session,
    pub(super) terms: Terms,
    /// The true time.
    pub(super) time: Timestamp,
    /// How far the wall clock is ahead of it.
    pub(super) wrong: SignedDuration,
    pub(super) boottime: Duration,
    /// The last record that was kept.
    pub(super) disk: Option<Record>,
    /// The renewal that waits for an answer.
    pub(super) asked: Option<(u64, Credential)>,
    /// Since when the session waits for it.
    pub(super) flying_since: Option<Duration>,
    pub(super) revoked: Vec<Credential>,
    pub(super) changes: usize,
}

impl Stage {
    pub(super) fn empty() -> Self {
        let terms = Terms::default();
        let now = Now { wall: noon(), boottime: Duration::from_secs(60), chance: u32::MAX / 2 };
        Self {
            session: Session::begin(Found::Nothing, ISSUER, terms, now),
            terms,
            time: noon(),
            wrong: SignedDuration::ZERO,
            boottime: now.boottime,
            disk: None,
            asked: None,
            flying_since: None,
            revoked: Vec::new(),
            changes: 0,
        }
    }

    pub(super) fn signed_in() -> Self {
        let mut stage = Self::empty();
        stage.sign_in(ada());
        stage
    }

    /// Signed in, and eight hours later the first renewal is on its way.
    pub(super) fn renewing() -> Self {
        let mut stage = Self::signed_in();
        stage.pass(hours(9));
        assert_eq!(stage.asked, Some((1, token(1))));
        stage
    }

    pub(super) fn now(&self) -> Now {
        let wall = self.time.checked_add(self.wrong).unwrap();
        Now { wall, boottime: self.boottime, chance: u32::MAX / 2 }
    }

    /// Hands an input in and does what comes out; a question comes after a record that says that it is asked.
    pub(super) fn tell(&mut self, input: Input) {
        if matches!(
            input,
            Input::SignedIn { .. } | Input::SignedOut | Input::RenewalEnded { .. } | Input::Rejudged(Err(_))
        ) {
            self.flying_since = None;
        }
        let given_up = |since: &Duration| self.boottime - *since >= Duration::from_secs(300);
        self.flying_since = self.flying_since.filter(|since| !given_up(since));
        self.session.handle(input, self.now());
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Keep(record) => self.disk = Some(*record),
                Event::Renew { renewal, credential } => {
                    let Some(Record { content: record::Content::Live(live), .. }) = &self.disk else {
                        panic!("a renewal without a record");
                    };
                    assert!(live.in_flight, "the record must say that the credential is in use");
                    assert_eq!(live.credential.as_ref(), Some(&credential));
                    assert_eq!(self.flying_since, None, "only one renewal at a time");
                    self.flying_since = Some(self.boottime);
                    self.asked = Some((renewal, credential));
                }
                Event::Revoke(credential) => self.revoked.push(credential),
                Event::Changed => self.changes += 1,
            }
        }
    }

    /// The provider gave no refresh token.
    pub(super) fn without_token() -> Self {
        let mut stage = Self::empty();
        stage.sign_in_with(ada(), None);
        stage
    }

    pub(super) fn sign_in(&mut self, person: Person) {
        self.sign_in_with(person, Some(token(1)));
    }

    pub(super) fn sign_in_with(&mut self, person: Person, credential: Option<Credential>) {
        self.tell(Input::SignedIn {
            person,
            credential,
            evidence: Evidence::default(),
            said_at: Some(self.time),
        });
    }

    /// Time passes on all clocks, and then the session is told.
    pub(super) fn pass(&mut self, time: SignedDuration) {
        self.time = self.time.checked_add(time).unwrap();
        self.boottime += Duration::try_from(time).unwrap();
        self.tell(Input::Tick);
    }

    pub(super) fn answer(&mut self, answer: Answer) {
        let (renewal, _) = self.asked.take().expect("somebody asked");
        self.tell(Input::RenewalEnded { renewal, answer });
    }

    pub(super) fn receive(&mut self, credential: Credential) {
        let renewal = self.asked.as_ref().expect("somebody asked").0;
        self.tell(Input::Received { renewal, credential });
    }

    pub(super) fn confirm(&mut self) {
        self.confirm_as(ada());
    }

    pub(super) fn confirm_as(&mut self, person: Person) {
        self.answer(Answer::Confirmed { person, evidence: Evidence::default(), said_at: Some(self.time) });
    }

    /// The process dies and starts again; all it knows is what was kept. The terms of the policy come right after.
    pub(super) fn restart(&mut self) {
        let found = self.disk.clone().map_or(Found::Nothing, |record| Found::Record(Box::new(record)));
        self.session = Session::begin(found, ISSUER, self.terms, self.now());
        (self.asked, self.flying_since) = (None, None);
        self.tell(Input::Terms(self.terms));
        self.tell(Input::Tick);
    }

    /// The machine is off for a while.
    pub(super) fn reboot_after(&mut self, off: SignedDuration) {
        self.time = self.time.checked_add(off).unwrap();
        self.boottime = Duration::from_secs(5);
        self.restart();
    }

    /// Lets nothing answer for a while, with a tick whenever one is due.
    pub(super) fn fail_for(&mut self, time: SignedDuration, failure: &Failure) {
        let end = self.boottime + Duration::try_from(time).unwrap();
        while self.boottime < end {
            if self.asked.is_some() {
                self.answer(Answer::Failed(failure.clone()));
            }
            let (due, _) = self.session.poll_timeout().expect("a session always waits for something");
            let step = due.saturating_sub(self.boottime).min(end - self.boottime);
            self.pass(SignedDuration::try_from(step).unwrap());
        }
    }

    pub(super) fn signed_in_as(&self, person: Person) {
        assert_eq!(self.session.state(), State::SignedIn { person });
    }

    pub(super) fn in_grace(&self, since: Timestamp, until: Timestamp, why: Hindrance) {
        assert_eq!(self.session.state(), State::OfflineGrace { person: ada(), since, until, why });
    }

    pub(super) fn needed(&self, why: Needed) {
        assert_eq!(self.session.state(), State::SignInNeeded { why });
    }
}
