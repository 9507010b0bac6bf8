//! Random lives of a session beside a small model that knows the true time and what the provider did.

use proptest::prelude::*;

use super::stage::*;
use crate::session::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Pass(u32),
    ToTimeout,
    Restart,
    RebootAfter(u32),
    NetworkUp,
    Asked,
    SignIn,
    SignInWithoutToken,
    SignOut,
    /// The enrollment's rule changes, and the person is still a member by it or not.
    Rejudge(bool),
    /// A server tells a time that is so many minutes ahead.
    WrongServer(u32),
    Grace(u8),
    Reply(Reply),
}

/// What comes back while a renewal is on its way.
#[derive(Clone, Copy, Debug)]
enum Reply {
    Exchange,
    Confirm,
    FailWithoutLoss,
    FailWithLoss,
    InvalidGrant,
    NotMember,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1_u32..1500).prop_map(Step::Pass),
        4 => Just(Step::ToTimeout),
        2 => Just(Step::Restart),
        1 => (1_u32..3000).prop_map(Step::RebootAfter),
        1 => Just(Step::NetworkUp),
        2 => Just(Step::Asked),
        1 => Just(Step::SignIn),
        1 => Just(Step::SignInWithoutToken),
        1 => Just(Step::SignOut),
        1 => (0_u8..4).prop_map(|chance| Step::Rejudge(chance > 0)),
        2 => (11_u32..100_000).prop_map(Step::WrongServer),
        1 => (0_u8..100).prop_map(Step::Grace),
        4 => Just(Step::Reply(Reply::Exchange)),
        4 => Just(Step::Reply(Reply::Confirm)),
        4 => Just(Step::Reply(Reply::FailWithoutLoss)),
        3 => Just(Step::Reply(Reply::FailWithLoss)),
        2 => Just(Step::Reply(Reply::InvalidGrant)),
        1 => Just(Step::Reply(Reply::NotMember)),
    ]
}

/// What the state is called, without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    SignedIn,
    Renewing,
    Grace { until: Timestamp, why: Lack },
    TooLong,
    Never,
    Left,
    Revoked,
    Wrong,
}

/// What is missing for a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    Answer,
    Successor,
    Token,
}

fn phase(state: &State) -> Phase {
    match state {
        State::SignedIn { .. } => Phase::SignedIn,
        State::Renewing { .. } => Phase::Renewing,
        State::OfflineGrace { until, why, .. } => {
            let why = match why {
                Hindrance::Failed { .. } => Lack::Answer,
                Hindrance::SignInAgain => Lack::Successor,
                Hindrance::NoRefreshToken => Lack::Token,
            };
            Phase::Grace { until: *until, why }
        }
        State::SignInNeeded { why: Needed::OfflineTooLong { .. } } => Phase::TooLong,
        State::SignInNeeded { why: Needed::Never } => Phase::Never,
        State::SignInNeeded { why: Needed::SignedOut } => Phase::Left,
        State::SignInNeeded { why: Needed::Revoked { .. } } => Phase::Revoked,
        State::WrongOrganization { .. } => Phase::Wrong,
        State::SignInNeeded {
            why: Needed::AccountChanged { .. } | Needed::ProviderChanged | Needed::Unreadable,
        }
        | State::ClaimsMissing { .. } => panic!("no step leads to {state:?}"),
    }
}

#[derive(Clone, Copy, Debug)]
struct Good {
    confirmed: Timestamp,
    granted: i64,
    /// The provider may have exchanged what is on disk.
    doubt: bool,
    troubled: bool,
    dead: bool,
    without_token: bool,
}

#[derive(Debug)]
struct Model {
    good: Option<Good>,
    /// Where it stands without a good session.
    without: Phase,
    grace: i64,
    token: u32,
}

impl Model {
    fn end(&mut self, phase: Phase) {
        (self.good, self.without) = (None, phase);
    }

    fn yes(&mut self, now: Timestamp, without_token: bool) {
        self.good = Some(Good {
            confirmed: now,
            granted: self.grace,
            doubt: false,
            troubled: false,
            dead: false,
            without_token,
        });
    }

    fn span(&self, good: &Good) -> SignedDuration {
        hours(good.granted.min(self.grace))
    }

    fn expected(&self, now: Timestamp, flying: bool) -> Phase {
        let Some(good) = &self.good else { return self.without };
        let span = self.span(good);
        let until = good.confirmed + span;
        match good {
            _ if now >= until => Phase::TooLong,
            Good { without_token: true, confirmed, .. } if now >= *confirmed + span / 2 => {
                Phase::Grace { until, why: Lack::Token }
            }
            Good { dead: true, .. } => Phase::Grace { until, why: Lack::Successor },
            Good { troubled: true, .. } => Phase::Grace { until, why: Lack::Answer },
            _ if flying => Phase::Renewing,
            _ => Phase::SignedIn,
        }
    }

    fn troubled(&mut self, loss: bool) {
        if let Some(good) = &mut self.good {
            good.troubled = true;
            good.doubt |= loss;
        }
    }

    fn invalid_grant(&mut self) {
        match &mut self.good {
            Some(good) if good.doubt => (good.dead, good.troubled, good.doubt) = (true, true, false),
            _ => self.end(Phase::Revoked),
        }
    }
}

fn not_a_member() -> Refusal {
    Refusal::NotMember { account: ada().account, required: "more".to_owned() }
}

/// The two side by side.
struct Pair {
    stage: Stage,
    model: Model,
    /// Whether the renewal on its way has brought its token.
    exchanged: bool,
    /// Whether the provider has said yes in the life of the process.
    heard: bool,
}

impl Pair {
    fn new() -> Self {
        let model = Model { good: None, without: Phase::Never, grace: 336, token: 1 };
        Self { stage: Stage::empty(), model, exchanged: false, heard: false }
    }

    fn flying(&self) -> bool {
        self.stage.flying_since.is_some()
    }

    fn play(&mut self, step: Step) {
        match step {
            Step::Pass(minutes) => self.pass(minutes.into()),
            Step::ToTimeout => self.jump_to_timeout(),
            Step::Restart => self.restart(0),
            Step::RebootAfter(minutes) => self.restart(minutes.into()),
            Step::NetworkUp => self.stage.tell(Input::NetworkUp),
            Step::Asked => self.stage.tell(Input::Asked),
            Step::SignIn => {
                let credential = self.fresh();
                self.sign_in(Some(credential));
            }
            Step::SignInWithoutToken => self.sign_in(None),
            Step::Rejudge(is_member) => self.rejudge(is_member),
            Step::WrongServer(ahead) => {
                let said = self.stage.time + minutes(ahead.into());
                self.stage.tell(Input::ServerTime(said));
            }
            Step::SignOut => {
                if self.model.good.is_some() {
                    self.model.end(Phase::Left);
                }
                self.stage.tell(Input::SignedOut);
            }
            Step::Grace(grace) => {
                self.model.grace = i64::from(grace).max(1);
                self.stage.terms.grace = hours(grace.into());
                self.stage.tell(Input::Terms(self.stage.terms));
            }
            Step::Reply(reply) => {
                if self.flying() {
                    self.answer(reply);
                }
            }
        }
        self.exchanged &= self.flying();
    }

    fn sign_in(&mut self, credential: Option<Credential>) {
        self.heard = true;
        self.model.yes(self.stage.time, credential.is_none());
        self.stage.sign_in_with(ada(), credential);
    }

    fn rejudge(&mut self, is_member: bool) {
        if !is_member && self.model.good.is_some() {
            self.model.end(Phase::Wrong);
        }
        let judged = if is_member { Ok(ada()) } else { Err(not_a_member()) };
        self.stage.tell(Input::Rejudged(judged));
    }

    fn fresh(&mut self) -> Credential {
        self.model.token += 1;
        token(self.model.token)
    }

    fn exchange(&mut self) {
        let fresh = self.fresh();
        self.exchanged = true;
        if let Some(good) = &mut self.model.good {
            good.doubt = false;
        }
        self.stage.receive(fresh);
    }

    fn answer(&mut self, reply: Reply) {
        let (stage, model) = (&mut self.stage, &mut self.model);
        let answer = match reply {
            Reply::Exchange => return self.exchange(),
            Reply::Confirm => {
                self.heard = true;
                model.yes(stage.time, false);
                Answer::Confirmed { person: ada(), evidence: Evidence::default(), said_at: Some(stage.time) }
            }
            Reply::FailWithoutLoss => {
                model.troubled(false);
                no_network()
            }
            Reply::FailWithLoss => {
                model.troubled(!self.exchanged);
                Answer::Failed(Failure::NoAnswer)
            }
            Reply::InvalidGrant => {
                model.invalid_grant();
                Answer::InvalidGrant
            }
            Reply::NotMember => {
                model.end(Phase::Wrong);
                Answer::Refused(not_a_member())
            }
        };
        stage.answer(answer);
        self.exchanged = false;
    }

    fn pass(&mut self, by: i64) {
        self.give_up_after(minutes(by));
        self.stage.pass(minutes(by));
    }

    fn jump_to_timeout(&mut self) {
        let Some((due, _)) = self.stage.session.poll_timeout() else { return };
        let rest = SignedDuration::try_from(due - self.stage.boottime).unwrap();
        self.give_up_after(rest);
        self.stage.pass(rest);
    }

    fn give_up_after(&mut self, rest: SignedDuration) {
        let Some(since) = self.stage.flying_since else { return };
        let flown = SignedDuration::try_from(self.stage.boottime - since).unwrap() + rest;
        if flown >= minutes(5) {
            self.model.troubled(!self.exchanged);
            self.exchanged = false;
        }
    }

    /// What was on its way is not heard of again.
    fn restart(&mut self, off: i64) {
        if let (true, false, Some(good)) = (self.flying(), self.exchanged, &mut self.model.good) {
            good.doubt = true;
        }
        (self.exchanged, self.heard) = (false, false);
        if off == 0 { self.stage.restart() } else { self.stage.reboot_after(minutes(off)) }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let flying = self.flying();
        prop_assert_eq!(phase(&self.stage.session.state()), self.model.expected(self.stage.time, flying));
        let timeout = self.stage.session.poll_timeout();
        prop_assert!(timeout.is_none_or(|(due, _)| due > self.stage.boottime), "{:?} has come", timeout);
        prop_assert_eq!(timeout.is_some(), self.model.good.is_some());
        if let Some(good) = self.model.good.filter(|good| !good.dead && !good.without_token && !flying) {
            let (due, why) = timeout.unwrap_or_default();
            let rest = SignedDuration::try_from(due - self.stage.boottime).unwrap();
            let most = if good.troubled { minutes(33) } else { hours(9) };
            prop_assert!(rest <= most, "{} has to wait {:?}", why, rest);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn a_session_lives_as_its_model_does(steps in prop::collection::vec(step(), 1..80)) {
        let mut pair = Pair::new();
        pair.play(Step::SignIn);
        for step in steps {
            pair.play(step);
            pair.check()?;
        }
    }

    /// The same life with a clock that somebody plays with: nothing but the provider's no ends the session, and
    /// with the provider heard in the life of the process, the end of the grace is the true one.
    #[test]
    fn nobody_gains_or_loses_by_setting_the_clock(
        steps in prop::collection::vec((step(), -200_000_i64..200_000), 1..60),
    ) {
        let mut pair = Pair::new();
        pair.play(Step::SignIn);
        for (index, (step, wrong)) in (1_i64..).zip(steps) {
            // Never twice nearly the same, or the clock would count as settled.
            pair.stage.wrong = minutes(wrong + index * 500_000 * if index % 2 == 0 { 1 } else { -1 });
            pair.play(step);
            let state = pair.stage.session.state();
            if pair.heard {
                prop_assert_eq!(phase(&state), pair.model.expected(pair.stage.time, pair.flying()));
            } else if let Some(good) = &pair.model.good {
                prop_assert_eq!(pair.stage.session.owner(), Some(1000));
                prop_assert_eq!(pair.stage.session.confirmed(), Some(good.confirmed));
            } else {
                prop_assert_eq!(phase(&state), pair.model.without);
            }
            let timeout = pair.stage.session.poll_timeout();
            prop_assert!(timeout.is_none_or(|(due, _)| due > pair.stage.boottime));
        }
    }
}
