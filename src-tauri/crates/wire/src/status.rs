//! How things stand: one headline, and conditions only where somebody has to look.

use jiff::Timestamp;
use policy::{Organization, Pause};
use serde::{Deserialize, Serialize};

use crate::policy_report::PolicyState;
use crate::setting::Setting;
use crate::sign_in::SignInState;
use crate::standing::Standing;

/// What an enrollment with Docker Hub as the source of its policy comes to.
pub const HUB_REACHES_OWNERS: &str = "Docker Hub shows its settings to the organization's owners alone, so a machine has \
    this policy only where an owner is signed in, and the repository allow list does not come; `pullgate policy \
    import-hub` makes a policy of both that can be signed and reaches everybody";

/// How things stand on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusReport {
    /// The service's version.
    pub version: String,
    /// The organization; none when the machine is not enrolled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// Whether images are judged and stopped.
    pub enforcing: bool,
    /// The person's session.
    pub sign_in: SignInState,
    /// The policy in force.
    pub policy: PolicyState,
    /// A pause, while there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// The engines, counted.
    pub engines: EnginesSummary,
    /// What needs somebody's eyes, the worst first.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// Where the gateway listens.
    pub fronts: Fronts,
    /// Whose proxy is used on the way out; none while that is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways_out: Vec<WayOut>,
    /// The enrollment's settings as they hold, by key; none when the machine is not enrolled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
}

impl StatusReport {
    /// What has to be said after the headline, where no condition says it; see [`Remark`].
    pub fn remark(&self) -> Remark {
        if !self.conditions.is_empty() {
            return Remark::Nothing;
        }
        match self.standing() {
            Standing::ServiceAway
            | Standing::NotEnrolled
            | Standing::EnrollmentUnusable
            | Standing::Paused
            | Standing::Recording => Remark::Nothing,
            Standing::BlockedUntilPolicy | Standing::PassingUntilPolicy => {
                Remark::say("It is fetched by itself; `pullgate doctor` says what it waits for")
            }
            Standing::PolicyUnusable => Remark::say("`pullgate doctor` says why"),
            Standing::SignInNeeded => Remark::say("Sign in: `pullgate sign-in`"),
            Standing::Impaired | Standing::Attention => self.what_needs_eyes(),
            Standing::NothingToCheck | Standing::Enforced => Remark::Quiet,
        }
    }

    /// What no condition says.
    fn what_needs_eyes(&self) -> Remark {
        let EnginesSummary { found, routed, partly } = self.engines;
        match (&self.policy, &self.sign_in) {
            (_, SignInState::OfflineGrace { sentence, .. }) => Remark::say(sentence),
            (PolicyState::Current { stale_since: Some(_), .. }, _) => {
                Remark::say("The policy is out of date; `pullgate policy show` says since when")
            }
            (PolicyState::Other, _) | (_, SignInState::Other) => {
                Remark::say("The service is newer than this program; update Pullgate to see all it says")
            }
            (PolicyState::Current { .. } | PolicyState::Absent | PolicyState::Unusable { .. }, _) => {
                of_engines(found, routed, partly)
            }
        }
    }

    /// What has to be known of where the policy comes from, as long as it comes from there.
    pub fn origin(&self) -> Option<&'static str> {
        let is_hub = |setting: &Setting| setting.key == "policy.url" && setting.value == "docker-hub";
        self.settings.iter().any(is_hub).then_some(HUB_REACHES_OWNERS)
    }

    /// How bad the worst condition is.
    pub fn worst(&self) -> Option<Severity> {
        self.conditions.iter().map(|condition| condition.severity).max()
    }
}

/// How something on this machine reaches the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WayOut {
    /// Who goes that way: `Pullgate` itself, or an engine by its everyday name.
    pub who: String,
    /// The proxy as `http://host:port`, never with its login; none where it goes directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Where that was learned: `docker.service`, `/etc/environment`, `the enrollment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// What has to be said after the headline of a status, where no condition says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// All is well: policy, session and every engine are as they should be, and no condition holds.
    Quiet,
    /// One sentence, literals in backticks.
    Say(String),
    /// The headline or the conditions have said it.
    Nothing,
}

impl Remark {
    fn say(sentence: &str) -> Self {
        Self::Say(sentence.to_owned())
    }
}

fn of_engines(found: u32, routed: u32, partly: u32) -> Remark {
    let unrouted = found.saturating_sub(routed).saturating_sub(partly);
    let engines =
        |count: u32| if count == 1 { "1 engine is".to_owned() } else { format!("{count} engines are") };
    let said = match (unrouted, partly) {
        (0, 0) => return Remark::Quiet,
        (unrouted, 0) => format!("{} not routed", engines(unrouted)),
        (0, partly) => format!("{} routed only in part", engines(partly)),
        (unrouted, partly) => {
            format!("{} not routed and {} routed only in part", engines(unrouted), engines(partly))
        }
    };
    Remark::Say(format!("{said}; `pullgate engines` says which and why"))
}

/// How many engines run here, and how many of them are led through the gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnginesSummary {
    /// On this machine, without those that do not run.
    pub found: u32,
    /// Wholly routed, and proved so.
    pub routed: u32,
    /// Routed with a way round that is known.
    pub partly: u32,
}

/// Something that needs somebody's eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// For programs: `journal-damaged`, `engine-drifted`, …
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is the matter.
    pub sentence: String,
    /// Since when.
    pub since: Timestamp,
    /// The one thing to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// How bad a condition is, from good to know to not enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Good to know.
    Notice,
    /// Somebody should act.
    Attention,
    /// Enforcement, or the proof of it, is impaired.
    Critical,
}

/// Where the gateway listens; none where it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fronts {
    /// The proxy front's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The mirror front's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<String>,
}

#[cfg(test)]
mod tests;
