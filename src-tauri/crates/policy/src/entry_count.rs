//! Entries of a record, counted by what became of them and why.

use serde::{Deserialize, Serialize};

use crate::{Class, Outcome, RuleKind};

/// How many entries have the same outcome for the same kind of reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryCount {
    /// What became of them.
    pub outcome: Outcome,
    /// The kind of rule that stopped them, or would have; none for what passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleKind>,
    /// The publisher's class of what was stopped, or would have been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// How many.
    pub entries: u32,
}
