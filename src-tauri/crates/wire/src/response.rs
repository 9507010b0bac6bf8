//! What the service answers, and what it tells those who watch.

use ipc::Failure;
use ipc::Message;
use policy::{Entry, EntryCount, PolicyStamp};
use serde::{Deserialize, Serialize};

use crate::doctor::DoctorReport;
use crate::engine::{EngineChange, EnginePlan, EngineReport};
use crate::entry::Entries;
use crate::explain::{ExplainReport, WhyReport};
use crate::images::ImagesReport;
use crate::policy_report::PolicyReport;
use crate::sign_in::SignInStep;
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
    /// What is waited for, before the answer itself.
    Progress {
        /// What.
        sentence: String,
    },
    /// What was changed.
    Changes {
        /// One change an engine.
        changes: Vec<EngineChange>,
    },
    /// What comes next while somebody signs in.
    SignIn {
        /// What.
        step: SignInStep,
    },
    /// The session has ended.
    SignedOut {
        /// What was done.
        sentence: String,
        /// A page that ends the session with the provider in the person's browser as well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
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
    /// The images that are here already, a page of them.
    Images(ImagesReport),
    /// How much was decided in spans of time, and why.
    Activity {
        /// The entries of each span, counted.
        spans: Vec<Vec<EntryCount>>,
    },
    /// It was not done.
    Error(Failure),
}

impl Message for Response {
    const NAME: &'static str = "response";
    const KINDS: &'static [&'static str] = &[
        "status",
        "explain",
        "why",
        "entries",
        "event",
        "engines",
        "plans",
        "progress",
        "changes",
        "signIn",
        "signedOut",
        "policy",
        "done",
        "doctor",
        "images",
        "activity",
        "error",
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
    /// Another policy is in force, and people should know what it changed for them.
    PolicyChanged {
        /// Which.
        stamp: PolicyStamp,
        /// What changed, on one line.
        sentence: String,
    },
    /// So many events came faster than they were taken and are lost. The status that follows is the present one;
    /// verdicts are in the record.
    Missed {
        /// How many.
        events: u64,
    },
    /// Something a later version tells; to be ignored.
    #[serde(other)]
    Other,
}
