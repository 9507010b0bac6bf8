//! How things stand: one headline, and conditions only where somebody has to look.

use jiff::Timestamp;
use policy::{Organization, Pause};
use serde::{Deserialize, Serialize};

use crate::policy_report::PolicyState;
use crate::setting::Setting;
use crate::sign_in::SignInState;

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
    /// The enrollment's settings as they hold, by key; none when the machine is not enrolled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
}

impl StatusReport {
    /// The one sentence that says how things stand.
    pub fn headline(&self) -> String {
        let Some(organization) = &self.organization else {
            return "This machine is not enrolled with an organization".to_owned();
        };
        let whose = format!("{}'s policy", organization.display);
        let EnginesSummary { found, routed, .. } = self.engines;
        match (self.enforcing, &self.pause) {
            (_, Some(pause)) => format!("{whose} is paused until {}", pause.until),
            (false, None) => format!("{whose} is not enforced"),
            (true, None) if found == 0 => format!("{whose} is enforced; no engine was found"),
            (true, None) => {
                let engines = if found == 1 { "engine" } else { "engines" };
                format!("{whose} is enforced on {routed} of {found} {engines}")
            }
        }
    }

    /// How bad the worst condition is.
    pub fn worst(&self) -> Option<Severity> {
        self.conditions.iter().map(|condition| condition.severity).max()
    }
}

/// How many engines there are, and how many are led through the gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnginesSummary {
    /// On this machine.
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
