//! What the service answers, and what it tells those who watch.

use serde::{Deserialize, Serialize};

use crate::doctor::DoctorReport;
use crate::engine::{EngineChange, EnginePlan, EngineReport};
use crate::entry::{Entries, Entry};
use crate::explain::{ExplainReport, WhyReport};
use crate::failure::Failure;
use crate::message::Message;
use crate::policy_report::PolicyReport;
use crate::status::StatusReport;

/// An answer on the control socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Response {
    /// How things stand.
    Status(Box<StatusReport>),
    /// What would happen to an image.
    Explain(Box<ExplainReport>),
    /// The verdict behind an id.
    Why(Box<WhyReport>),
    /// Verdicts, a page of them.
    Entries(Entries),
    /// Something happened.
    Event {
        /// What.
        event: Event,
    },
    /// The engines of this machine.
    Engines {
        /// One report each.
        engines: Vec<EngineReport>,
    },
    /// What would change.
    Plans {
        /// One plan an engine.
        plans: Vec<EnginePlan>,
    },
    /// What was changed.
    Changes {
        /// One change an engine.
        changes: Vec<EngineChange>,
    },
    /// The policy in force.
    Policy(Box<PolicyReport>),
    /// It is done.
    Done {
        /// What was done.
        sentence: String,
    },
    /// The installation was checked.
    Doctor(DoctorReport),
    /// It was not done.
    Error(Failure),
}

impl Message for Response {
    const NAME: &'static str = "response";
    const KINDS: &'static [&'static str] = &[
        "status", "explain", "why", "entries", "event", "engines", "plans", "changes", "policy", "done",
        "doctor", "error",
    ];
}

/// Something that happened while somebody watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// A verdict was given, or given once more.
    Verdict {
        /// With its count.
        entry: Box<Entry>,
    },
    /// The status changed.
    Status {
        /// To this.
        status: Box<StatusReport>,
    },
    /// Something a later version tells; to be ignored.
    #[serde(other)]
    Other,
}
