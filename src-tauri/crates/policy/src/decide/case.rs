//! One question under judgment, and what the rows have said so far.

use image_ref::{Digest, Repository, Tag};
use jiff::Timestamp;

use crate::document::{Effect, Extensible};
use crate::policy::Policy;
use crate::{Action, Class, DecisionContext, Outcome, Reason, Rule, RuleKind, SignIn};

/// What is known of the tag.
#[derive(Clone, Copy, Debug)]
pub(super) enum Naming<'a> {
    /// The tag that was asked for, or that is known to name the digest.
    Tag(&'a Tag),
    /// A digest that no known tag names.
    Unproven,
    /// The repository as a whole.
    Any,
}

/// One question under judgment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    pub(super) situation: &'a DecisionContext,
    pub(super) policy: &'a Policy,
    /// The repository that is judged: what the asked one stands for.
    pub(super) repository: &'a Repository,
    /// The repository that was asked for.
    pub(super) asked: &'a Repository,
    pub(super) class: Option<Class>,
    pub(super) action: Action,
    pub(super) naming: Naming<'a>,
    pub(super) digest: Option<&'a Digest>,
    pub(super) now: Timestamp,
}

impl<'a> Case<'a> {
    pub(super) fn naming<'b>(&self, naming: Naming<'b>, digest: Option<&'b Digest>) -> Case<'b>
    where
        'a: 'b,
    {
        Case { naming, digest, ..*self }
    }

    /// Whether something that may end is still in force.
    pub(super) fn is_live(&self, ends: Option<Timestamp>) -> bool {
        ends.is_none_or(|ends| self.now < ends)
    }

    pub(super) fn is_in_group(&self, group: &str) -> bool {
        match &self.situation.sign_in {
            SignIn::SignedIn { groups, .. } => groups.contains(group),
            SignIn::NotRequired | SignIn::Needed { .. } => false,
        }
    }

    /// Whether the person is in a group that does not count here, since others use the engine, too.
    pub(super) fn is_withheld(&self, group: &str) -> bool {
        match &self.situation.sign_in {
            SignIn::SignedIn { withheld, .. } => withheld.contains(group),
            SignIn::NotRequired | SignIn::Needed { .. } => false,
        }
    }

    pub(super) fn has_hub_role(&self, role: &str) -> bool {
        match &self.situation.sign_in {
            SignIn::SignedIn { hub_role, .. } => hub_role.as_deref() == Some(role),
            SignIn::NotRequired | SignIn::Needed { .. } => false,
        }
    }
}

/// What a row says.
#[derive(Debug)]
pub(super) enum Step {
    /// Nothing: the next row is asked.
    Pass,
    /// It may pass; later rows can only tighten.
    Allow(Ruling),
    /// It may pass, and that is to be recorded.
    Note(Ruling),
    /// It stops.
    Block(Ruling),
    /// This is the end, whatever the mode.
    End(Ruling),
}

impl Step {
    /// What an effect's word means for a ruling that blocks.
    pub(super) fn of(effect: &Extensible<Effect>, allow: impl FnOnce() -> Self, block: Ruling) -> Self {
        match effect {
            Extensible::Known(Effect::Allow) => allow(),
            Extensible::Known(Effect::Audit) => Self::Note(block),
            Extensible::Known(Effect::Block) => Self::Block(block),
            Extensible::Unknown(word) => {
                Self::Block(Ruling { reason: Reason::RuleNotUnderstood { word: word.clone() }, ..block })
            }
        }
    }
}

/// A row's finding.
#[derive(Clone, Debug)]
pub(super) struct Ruling {
    pub(super) outcome: Outcome,
    pub(super) reason: Reason,
    pub(super) rule: Rule,
}

impl Ruling {
    pub(super) fn allowed(reason: Reason, rule: Rule) -> Self {
        Self { outcome: Outcome::Allowed, reason, rule }
    }

    pub(super) fn blocked(reason: Reason, rule: Rule) -> Self {
        Self { outcome: Outcome::Blocked, reason, rule }
    }
}

/// A rule's name and words; without a name of its own it is called by its place.
pub(super) fn rule(
    kind: RuleKind,
    id: Option<&String>,
    place: impl FnOnce() -> String,
    text: String,
) -> Rule {
    Rule { kind, id: id.cloned().unwrap_or_else(place), text }
}

/// What the rows have said so far.
#[derive(Debug, Default)]
pub(super) struct Evaluation {
    allowed: Option<Ruling>,
    noted: Option<Ruling>,
}

impl Evaluation {
    pub(super) fn is_allowed(&self) -> bool {
        self.allowed.is_some()
    }

    pub(super) fn allow(&mut self, ruling: Ruling) {
        self.allowed.get_or_insert(ruling);
    }

    pub(super) fn note(&mut self, ruling: Ruling) {
        self.noted.get_or_insert(Ruling { outcome: Outcome::Audited, ..ruling });
    }

    /// The ruling when every row was asked. Where none spoke, nothing allows the image.
    pub(super) fn end(self, case: &Case<'_>) -> Ruling {
        self.noted.or(self.allowed).unwrap_or_else(|| {
            let nothing = Rule {
                kind: RuleKind::Registry,
                id: "registries.default".to_owned(),
                text: "no rule allows it".to_owned(),
            };
            super::mode(case.policy, Ruling::blocked(Reason::RegistryUnlisted, nothing))
        })
    }
}
