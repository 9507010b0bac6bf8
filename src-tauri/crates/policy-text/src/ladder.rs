//! The order of decision as one verdict went through it: which step stopped the image, and what would have let it pass.
//!
//! All of it follows from the finding that was kept; nothing is decided again.

use std::cmp::Ordering;

use policy::{Action, Class, Finding, ImageName, Outcome, Reason, RuleKind};

/// The steps of one verdict, in the order in which they were asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// The steps.
    pub rungs: Vec<Rung>,
    /// What would have let it pass, in a sentence.
    pub otherwise: Option<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// What it looks at.
    pub name: &'static str,
    /// What it saw there, in a word or two.
    pub detail: Option<String>,
    /// What it said.
    pub state: RungState,
}

/// What a step said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungState {
    /// Nothing against it.
    Passed,
    /// Nothing for it, where it could have let it pass.
    Silent,
    /// It let the image pass.
    Allowed,
    /// It would have stopped the image, and is recorded instead.
    Recorded,
    /// It stopped the image.
    Stopped,
    /// It was not asked any more.
    NotAsked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    SignIn,
    Policy,
    Deny,
    Exemption,
    Registry,
    Push,
    Allow,
    Class,
    Pin,
}

impl Step {
    const PULL: [Self; 8] = [
        Self::SignIn,
        Self::Policy,
        Self::Deny,
        Self::Exemption,
        Self::Registry,
        Self::Allow,
        Self::Class,
        Self::Pin,
    ];
    const PUSH: [Self; 6] =
        [Self::SignIn, Self::Policy, Self::Deny, Self::Exemption, Self::Registry, Self::Push];

    /// The step that a rule belongs to; none for what stands before all of them.
    fn of(kind: RuleKind) -> Option<Self> {
        match kind {
            RuleKind::Canary | RuleKind::Pause => None,
            RuleKind::SignIn => Some(Self::SignIn),
            RuleKind::Presence | RuleKind::Staleness => Some(Self::Policy),
            RuleKind::Deny => Some(Self::Deny),
            RuleKind::Exemption => Some(Self::Exemption),
            RuleKind::Registry => Some(Self::Registry),
            RuleKind::Push => Some(Self::Push),
            RuleKind::Grant | RuleKind::Allow => Some(Self::Allow),
            RuleKind::Class => Some(Self::Class),
            RuleKind::Pin => Some(Self::Pin),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-in",
            Self::Policy => "Policy",
            Self::Deny => "Block list",
            Self::Exemption => "Exemption",
            Self::Registry => "Registry",
            Self::Push => "Pushes",
            Self::Allow => "Allow list",
            Self::Class => "Publisher",
            Self::Pin => "Version",
        }
    }
}

/// The steps of a finding; none where something before all of them decided, such as a pause.
pub fn ladder(finding: &Finding) -> Option<Ladder> {
    let named = Step::of(finding.rule.as_ref()?.kind)?;
    let is_stopped = finding.outcome != Outcome::Allowed;
    // An entry of the allow list that almost held names the verdict; it is the publisher's class that stops.
    let decided = if is_stopped && named == Step::Allow { Step::Class } else { named };
    let steps: &[Step] = match finding.action {
        Action::Pull => &Step::PULL,
        Action::Push => &Step::PUSH,
    };
    // Only images of Docker Hub have a class, and only they need an entry.
    let is_of_hub = |step: &Step| matches!(step, Step::Allow | Step::Class);
    // What comes after a step that only records is not kept.
    let is_known = |step: &Step| finding.outcome != Outcome::Audited || *step <= decided;
    let is_shown =
        |step: &Step| *step == decided || is_known(step) && (finding.class.is_some() || !is_of_hub(step));
    let rungs = steps.iter().copied().filter(is_shown).map(|step| rung(finding, step, decided));
    Some(Ladder { rungs: rungs.collect(), otherwise: otherwise(finding, decided) })
}

fn rung(finding: &Finding, step: Step, decided: Step) -> Rung {
    let state = match step.cmp(&decided) {
        Ordering::Less => before(step, decided),
        Ordering::Equal => match finding.outcome {
            Outcome::Allowed => RungState::Allowed,
            Outcome::Audited => RungState::Recorded,
            Outcome::Blocked => RungState::Stopped,
        },
        // What lets an image pass leaves its version to be looked at.
        Ordering::Greater
            if step == Step::Pin && finding.outcome == Outcome::Allowed && decided != Step::Exemption =>
        {
            RungState::Passed
        }
        Ordering::Greater => RungState::NotAsked,
    };
    let detail = if state == RungState::NotAsked { None } else { detail(finding, step) };
    Rung { name: step.name(), detail, state }
}

/// What a step said that did not decide. Before a version is looked at, allow list or publisher has let the image
/// pass; which of them is not kept.
fn before(step: Step, decided: Step) -> RungState {
    let could_allow = step == Step::Exemption || step == Step::Allow && decided == Step::Class;
    if could_allow { RungState::Silent } else { RungState::Passed }
}

/// What a step saw.
fn detail(finding: &Finding, step: Step) -> Option<String> {
    match (step, &finding.reason) {
        (Step::Registry, _) => registry(finding),
        (Step::Class, _) => finding.class.map(|class| class.label().to_owned()),
        (Step::Pin, _) => finding.image.target.as_deref().map(version),
        (Step::Allow, Reason::AllowEnded { ended }) => Some(format!("ended {}", ended.strftime("%Y-%m-%d"))),
        (Step::Allow, Reason::AllowOtherGroup { groups } | Reason::AllowOthersHere { groups }) => {
            Some(format!("for {}", groups.join(", ")))
        }
        (Step::Allow, Reason::AllowOtherTag { tags }) => Some(format!("only {}", tags.join(", "))),
        (_, _) => None,
    }
}

fn registry(finding: &Finding) -> Option<String> {
    let ImageName::Repository(asked) = &finding.image.name else { return None };
    let registry = finding.image.judged_as.as_ref().unwrap_or(asked).registry();
    Some(if registry.is_docker_hub() { "Docker Hub".to_owned() } else { registry.as_str().to_owned() })
}

/// A tag, or the beginning of a digest.
fn version(target: &str) -> String {
    match target.strip_prefix('@') {
        Some(digest) => digest.chars().take(15).chain(['…']).collect(),
        None => target.trim_start_matches(':').to_owned(),
    }
}

fn otherwise(finding: &Finding, decided: Step) -> Option<String> {
    if finding.outcome != Outcome::Blocked {
        return None;
    }
    let who = &finding.organization.display;
    let list = format!("{who}'s allow list");
    Some(match (decided, &finding.reason) {
        (_, Reason::RuleNotUnderstood { .. }) => return None,
        (Step::SignIn, _) => format!("Once you are signed in to {who}, the steps after this one decide."),
        (Step::Policy, _) => {
            format!("Once {who}'s policy is here and up to date, the steps after this one decide.")
        }
        (Step::Deny, _) => format!("Only {who} can take it off this list; no later step helps against it."),
        (Step::Registry, _) => {
            "A rule for this registry would have let it pass; the allow list does not help against it."
                .to_owned()
        }
        (Step::Push, _) => "A rule that allows pushes to this place would have let it pass.".to_owned(),
        (_, Reason::AllowEnded { .. }) => {
            format!("Its entry in {list} has ended; a new one would have let it pass.")
        }
        (_, Reason::AllowOtherGroup { .. }) => {
            format!("Its entry in {list} would have let it pass for somebody of these groups.")
        }
        (_, Reason::AllowOthersHere { .. }) => {
            format!("Its entry in {list} would have let it pass in an engine that is yours alone.")
        }
        (_, Reason::AllowOtherTag { .. }) => {
            format!("With a tag that its entry in {list} names, it would have passed.")
        }
        (_, Reason::DigestUnproven) => "By its tag, it would have been judged by its version.".to_owned(),
        (Step::Class, _) if finding.class == Some(Class::Organization) => return None,
        (Step::Class, _) => format!("An entry in {list} would have let it pass."),
        (Step::Pin, _) => format!("With a version that {who} accepts, it would have passed."),
        (Step::Exemption | Step::Allow, _) => return None,
    })
}

#[cfg(test)]
mod tests;
