//! The policy in force, for people and programs.

use jiff::Timestamp;
use policy::PolicyStamp;
use serde::{Deserialize, Serialize};

/// What the machine has of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PolicyState {
    /// None has ever arrived.
    Absent,
    /// What arrived is damaged, and there is no earlier good one.
    Unusable {
        /// What is wrong with it.
        why: String,
        /// Where it comes from.
        source: String,
    },
    /// A good one.
    Current {
        /// Which.
        stamp: PolicyStamp,
        /// When this machine last saw that it is the latest.
        confirmed: Timestamp,
        /// Where it came from, as the enrollment of that time named it.
        source: String,
        /// The address that the enrollment names now, where that is another one, from which nothing was accepted yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named: Option<String>,
        /// Why it is not believed any longer, though it holds as a policy that is too old.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        distrusted: Option<String>,
        /// The keys that signed it, by their names; none for an unsigned file of root's own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        signed_by: Vec<String>,
        /// Since when it is too old, if it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stale_since: Option<Timestamp>,
        /// What the latest other edition changed for people, since the service started.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change: Option<PolicyChange>,
    },
    /// A state of a later version.
    #[serde(other)]
    Other,
}

/// What another edition changed for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyChange {
    /// When it came into force.
    pub at: Timestamp,
    /// What changed, on one line.
    pub sentence: String,
}

/// The policy, shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyReport {
    /// What the machine has.
    pub state: PolicyState,
    /// The document as it was written; none when there is no good one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<serde_json::Value>,
    /// The document in words.
    #[serde(default)]
    pub sentences: Vec<String>,
    /// What its author should know.
    #[serde(default)]
    pub warnings: Vec<String>,
}
