//! The order in which rules are asked, as data, and the walk along it.
//!
//! The verdict is named after the row that decided. Rows before the policy's own rules end the walk; `deny` and
//! `registries` block; `exemptions` end it; a row that allows leaves only `pins` to tighten it; `mode` comes last.

mod assemble;
mod before;
mod case;
mod instead;
mod people;
mod pins;
mod registries;

use image_ref::Repository;
use jiff::Timestamp;

use crate::decision::{Decision, Denial, Permit};
use crate::document::Mode;
use crate::policy::Policy;
use crate::{
    AccessRequest, Action, Contact, DecisionContext, Finding, LoadedPolicy, Organization, Outcome, RuleKind,
    SignIn, Target,
};

use case::{Case, Evaluation, Naming, Ruling, Step};

/// One row of the precedence table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name, as the manual has it.
    pub name: &'static str,
    /// Whether it is for pulls, pushes or both.
    pub actions: &'static [Action],
    /// What it does, as the manual has it.
    pub says: &'static str,
    judge: Judge,
}

#[derive(Clone, Copy, Debug)]
enum Judge {
    /// Needs nothing but the name.
    Name(fn(&Repository) -> Option<Ruling>),
    /// Needs no policy; what it finds is final.
    Before(fn(&DecisionContext, Timestamp) -> Option<Ruling>),
    /// A rule of the policy.
    Rule(fn(&Case<'_>, &Evaluation) -> Step),
    /// Turns blocks of rules into records.
    Mode,
}

const BOTH: &[Action] = &[Action::Pull, Action::Push];
const PULL: &[Action] = &[Action::Pull];
const PUSH: &[Action] = &[Action::Push];

const fn row(name: &'static str, actions: &'static [Action], judge: Judge, says: &'static str) -> Row {
    Row { name, actions, says, judge }
}

/// The precedence table: the first row that decides names the verdict.
pub const PRECEDENCE: &[Row] = &[
    row(
        "canary",
        BOTH,
        Judge::Name(before::canary),
        "the reserved image that proves the routing always stops",
    ),
    row("pause", BOTH, Judge::Before(before::pause), "an administrator's pause lets everything pass"),
    row("sign-in", BOTH, Judge::Before(before::sign_in), "a sign-in that is needed blocks"),
    row(
        "presence",
        BOTH,
        Judge::Before(before::presence),
        "a damaged policy blocks; an absent one as enrolled",
    ),
    row("staleness", BOTH, Judge::Rule(before::staleness), "a policy that is too old acts as `onStale` says"),
    row("deny", BOTH, Judge::Rule(people::deny), "a listed image is blocked"),
    row("exemptions", BOTH, Judge::Rule(people::exemptions), "an exempt person passes"),
    row("registries", BOTH, Judge::Rule(registries::registries), "a registry that is not allowed blocks"),
    row("push", PUSH, Judge::Rule(registries::push), "a place that may not be pushed to blocks"),
    row("grants", PULL, Judge::Rule(people::grants), "a temporary grant lets pass"),
    row("allow", PULL, Judge::Rule(people::allow), "a listed image passes whatever its class"),
    row("class", PULL, Judge::Rule(registries::class), "an image of Docker Hub passes or stops by its class"),
    row("pins", PULL, Judge::Rule(pins::pins), "an image that would pass stops for its tag or digest"),
    row("mode", BOTH, Judge::Mode, "with `audit`, what rules block is recorded and passes"),
];

/// Decides one question.
pub fn decide(situation: &DecisionContext, request: &AccessRequest<'_>, now: Timestamp) -> Decision {
    match request {
        AccessRequest::Pull { repository, target } => {
            answer(assemble::of_repository(situation, Action::Pull, repository, *target, now))
        }
        AccessRequest::Push { repository, target } => {
            answer(assemble::of_repository(situation, Action::Push, repository, *target, now))
        }
        AccessRequest::Unlisted { path } => {
            Decision::Denied(Denial::new(assemble::of_unlisted(situation, path, now)))
        }
        AccessRequest::Ping | AccessRequest::Search | AccessRequest::Plain => {
            Decision::Permitted(Permit::new(None))
        }
    }
}

fn answer(finding: Finding) -> Decision {
    match finding.outcome {
        Outcome::Allowed | Outcome::Audited => Decision::Permitted(Permit::new(Some(finding))),
        Outcome::Blocked => Decision::Denied(Denial::new(finding)),
    }
}

/// What the rows that need no policy say.
fn before(situation: &DecisionContext, asked: Option<&Repository>, now: Timestamp) -> Option<Ruling> {
    PRECEDENCE.iter().find_map(|row| match row.judge {
        Judge::Name(judge) => asked.and_then(judge),
        Judge::Before(judge) => judge(situation, now),
        Judge::Rule(_) | Judge::Mode => None,
    })
}

/// The ruling on a target. A digest has the verdict of the tags that name it; the mildest where they differ.
fn judge_target(case: &Case<'_>, target: Target<'_>) -> Ruling {
    match target {
        Target::Tag(tag) => walk(&case.naming(Naming::Tag(tag), None)),
        Target::Repository => walk(&case.naming(Naming::Any, None)),
        Target::Digest { digest, known_as } => {
            let by_tag = |tag| walk(&case.naming(Naming::Tag(tag), Some(digest)));
            let unknown = || walk(&case.naming(Naming::Unproven, Some(digest)));
            known_as.iter().map(by_tag).min_by_key(|ruling| ruling.outcome).unwrap_or_else(unknown)
        }
    }
}

fn walk(case: &Case<'_>) -> Ruling {
    let mut course = Evaluation::default();
    for row in PRECEDENCE.iter().filter(|row| row.actions.contains(&case.action)) {
        let Judge::Rule(judge) = row.judge else { continue };
        match judge(case, &course) {
            Step::Pass => {}
            Step::Allow(ruling) => course.allow(ruling),
            Step::Note(ruling) => course.note(ruling),
            Step::Block(ruling) => return mode(case.policy, ruling),
            Step::End(ruling) => return ruling,
        }
    }
    course.end(case)
}

fn mode(policy: &Policy, ruling: Ruling) -> Ruling {
    match policy.document().mode.or(Mode::Enforce) {
        Mode::Enforce => ruling,
        Mode::Audit => Ruling { outcome: Outcome::Audited, ..ruling },
    }
}

/// Somebody without any rights, to whom a policy's own rules speak: for remarks on the policy.
#[derive(Debug)]
pub struct Anybody<'a> {
    policy: &'a Policy,
    situation: DecisionContext,
}

impl<'a> Anybody<'a> {
    /// Somebody whom only this policy tells what passes, at the time when it was issued.
    pub fn under(policy: &'a Policy) -> Self {
        let name = policy.document().organization.clone();
        let organization = Organization { display: name.clone(), name, contact: Contact::default() };
        let situation = DecisionContext {
            organization,
            held: LoadedPolicy::Absent,
            absent_blocks: true,
            sign_in: SignIn::NotRequired,
            grants: Vec::new(),
            pause: None,
        };
        Self { policy, situation }
    }

    /// What becomes of a pull, and which kind of rule decided.
    pub fn ruling(&self, repository: &Repository, target: Target<'_>) -> (Outcome, RuleKind) {
        let ruling = self.pulling(repository, |case| judge_target(case, target));
        (ruling.outcome, ruling.rule.kind)
    }

    /// Which row stops a pull before `allow` is asked, if one does.
    pub(crate) fn stopped_before_allow(&self, repository: &Repository) -> Option<RuleKind> {
        let earlier = PRECEDENCE.iter().take_while(|row| row.name != "allow");
        let mut earlier = earlier.filter(|row| row.actions.contains(&Action::Pull));
        let stopping = |case: &Case<'_>, row: &Row| {
            let Judge::Rule(judge) = row.judge else { return None };
            match judge(case, &Evaluation::default()) {
                Step::Block(ruling) => Some(mode(case.policy, ruling)),
                Step::End(ruling) => Some(ruling),
                Step::Pass | Step::Allow(_) | Step::Note(_) => None,
            }
        };
        let ruling = self.pulling(repository, |case| earlier.find_map(|row| stopping(case, row)))?;
        (ruling.outcome == Outcome::Blocked).then_some(ruling.rule.kind)
    }

    fn pulling<T>(&self, asked: &Repository, judge: impl FnOnce(&Case<'_>) -> T) -> T {
        let policy = self.policy;
        let alias = policy.alias(asked);
        let repository = alias.as_ref().unwrap_or(asked);
        judge(&Case {
            situation: &self.situation,
            policy,
            repository,
            asked,
            class: policy.classify(repository),
            action: Action::Pull,
            naming: Naming::Any,
            digest: None,
            now: policy.document().issued,
        })
    }
}

fn current(situation: &DecisionContext) -> Option<&Policy> {
    match &situation.held {
        LoadedPolicy::Current(policy) => Some(policy),
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => None,
    }
}

#[cfg(test)]
mod tests;
