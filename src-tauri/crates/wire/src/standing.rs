//! How things stand, as one value. Headline, icon, menu and pages follow from it, so that no two of them disagree.

use jiff::Timestamp;

use crate::policy_report::PolicyState;
use crate::sign_in::SignInState;
use crate::status::{EnginesSummary, Severity, StatusReport};

/// The condition of an enrollment that stands in its place and is no good.
const ENROLLMENT_UNUSABLE: &str = "enrollment-unusable";

/// How things stand on a machine. Of several that hold it is the one that decides what becomes of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// The service does not answer, as whoever asks it has to find out.
    ServiceAway,
    /// The machine belongs to no organization.
    NotEnrolled,
    /// It should belong to one, and its enrollment is no good.
    EnrollmentUnusable,
    /// A pause holds, and everything passes.
    Paused,
    /// The policy cannot be used, and images are blocked.
    PolicyUnusable,
    /// Images are judged and recorded, and none is stopped.
    Recording,
    /// The first policy has not arrived, and images pass until it does.
    PassingUntilPolicy,
    /// Images are blocked until somebody signs in.
    SignInNeeded,
    /// The first policy has not arrived, and images are blocked until it does.
    BlockedUntilPolicy,
    /// Enforced, and enforcement or the proof of it is impaired.
    Impaired,
    /// Enforced, and something needs somebody's eyes.
    Attention,
    /// All is well, and there is no engine whose pulls could be checked.
    NothingToCheck,
    /// All is well.
    Enforced,
}

impl StatusReport {
    /// How things stand.
    pub fn standing(&self) -> Standing {
        if self.organization.is_none() {
            let is_unusable = self.conditions.iter().any(|condition| condition.code == ENROLLMENT_UNUSABLE);
            return if is_unusable { Standing::EnrollmentUnusable } else { Standing::NotEnrolled };
        }
        if self.pause.is_some() {
            return Standing::Paused;
        }
        match (&self.policy, &self.sign_in) {
            (PolicyState::Absent, _) if !self.enforcing => Standing::PassingUntilPolicy,
            _ if !self.enforcing => Standing::Recording,
            (PolicyState::Unusable { .. }, _) => Standing::PolicyUnusable,
            (_, SignInState::Needed { .. }) => Standing::SignInNeeded,
            (PolicyState::Absent, _) => Standing::BlockedUntilPolicy,
            (PolicyState::Current { .. } | PolicyState::Other, _) => self.enforced(),
        }
    }

    fn enforced(&self) -> Standing {
        let EnginesSummary { found, routed, .. } = self.engines;
        let is_current = matches!(self.policy, PolicyState::Current { stale_since: None, .. });
        let has_session = matches!(self.sign_in, SignInState::NotRequired | SignInState::SignedIn { .. });
        match self.worst() {
            Some(Severity::Critical) => Standing::Impaired,
            Some(Severity::Attention) => Standing::Attention,
            Some(Severity::Notice) | None if !is_current || !has_session || routed < found => {
                Standing::Attention
            }
            Some(Severity::Notice) | None if found == 0 => Standing::NothingToCheck,
            Some(Severity::Notice) | None => Standing::Enforced,
        }
    }

    /// The one sentence that says how things stand.
    pub fn headline(&self) -> String {
        self.headline_by(|time| time.to_string())
    }

    /// The same with a time as its reader's clock shows it.
    pub fn headline_by(&self, clock: impl Fn(Timestamp) -> String) -> String {
        let organization =
            self.organization.as_ref().map_or("Pullgate", |organization| &organization.display);
        let whose = format!("{organization}'s policy");
        match self.standing() {
            Standing::ServiceAway => "The Pullgate service does not answer".to_owned(),
            Standing::NotEnrolled => "This machine is not enrolled with an organization".to_owned(),
            Standing::EnrollmentUnusable => "This machine's enrollment cannot be used".to_owned(),
            Standing::Paused => {
                let until = self.pause.as_ref().map(|pause| format!(" until {}", clock(pause.until)));
                format!("{whose} is paused{}", until.unwrap_or_default())
            }
            Standing::PolicyUnusable => format!("{whose} cannot be used; images are blocked"),
            Standing::Recording => format!("{whose} is not enforced; what it would block is recorded"),
            Standing::PassingUntilPolicy => format!("{whose} has not arrived yet; images pass until it does"),
            Standing::BlockedUntilPolicy => {
                format!("{whose} has not arrived yet; images are blocked until it does")
            }
            Standing::SignInNeeded => format!("Images are blocked until you sign in to {organization}"),
            Standing::Impaired => format!("{}, with problems", self.on_engines(&whose)),
            Standing::NothingToCheck => format!("{whose} has nothing to check; no engine was found"),
            Standing::Attention | Standing::Enforced => self.on_engines(&whose),
        }
    }

    /// How many there are is not said where none is known.
    fn on_engines(&self, whose: &str) -> String {
        match self.engines {
            EnginesSummary { found: 0, .. } => format!("{whose} is enforced"),
            EnginesSummary { found: 1, routed, .. } => format!("{whose} is enforced on {routed} of 1 engine"),
            EnginesSummary { found, routed, .. } => {
                format!("{whose} is enforced on {routed} of {found} engines")
            }
        }
    }
}
