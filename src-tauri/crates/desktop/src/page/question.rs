//! What the page asks, and what it is answered. A question and its answer have the same `kind`.

use serde::{Deserialize, Serialize};

use ipc::Failure;

use super::{
    ActivityPage, BlockedFilter, BlockedPage, ChecksPage, EnginesPage, Explanation, Frame, ImagesPage,
    PolicyPage, SettingsPage, StatusPage, VerdictPage,
};
use crate::effect::Disconnect;
use crate::text;

/// What the page asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[expect(private_interfaces, reason = "it crosses the bridge as JSON, and nobody else takes it apart")]
pub enum Question {
    /// What stands around every page.
    Frame,
    /// How things stand.
    Status,
    /// What was decided in the last seven days.
    Activity,
    /// A part of the list of what was blocked.
    Blocked {
        /// Words that must all be in image, cause, engine or id; empty for all.
        search: String,
        /// What else they must be.
        #[serde(default)]
        filter: BlockedFilter,
        /// The first row wanted.
        from: u32,
        /// As many rows as are wanted.
        count: u32,
    },
    /// Nothing: everything in the list of what was blocked was looked at.
    Looked,
    /// One verdict.
    Verdict {
        /// Its id, as it was typed or linked.
        id: String,
    },
    /// The policy in words.
    Policy,
    /// What would happen to an image.
    Explain {
        /// The image, as it was typed.
        image: String,
    },
    /// The engines of this machine.
    Engines {
        /// Whether to ask the running engines anew.
        again: bool,
    },
    /// The images that are here already.
    Images,
    /// The settings in force.
    Settings,
    /// The installation, checked anew.
    Checks,
    /// Signs the person in, with their browser.
    SignIn,
    /// Ends the session.
    SignOut,
    /// Opens the form where access is requested, and keeps in mind that it was.
    RequestAccess {
        /// The verdict's id.
        id: String,
    },
    /// Opens a page of the web in the person's browser.
    Browse {
        /// Its address.
        url: String,
    },
}

/// What the page is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase")]
#[expect(private_interfaces, reason = "it crosses the bridge as JSON, and nobody else takes it apart")]
pub enum Answer {
    /// What stands around every page.
    Frame(Frame),
    /// How things stand.
    Status(StatusPage),
    /// What was decided in the last seven days.
    Activity(ActivityPage),
    /// A part of the list of what was blocked.
    Blocked(BlockedPage),
    /// What was looked at is not new any more.
    Looked,
    /// One verdict.
    Verdict(Box<VerdictPage>),
    /// The policy in words.
    Policy(PolicyPage),
    /// What would happen to an image.
    Explain(Explanation),
    /// The engines of this machine.
    Engines(EnginesPage),
    /// The images that are here already.
    Images(ImagesPage),
    /// The settings in force.
    Settings(SettingsPage),
    /// The installation, checked.
    Checks(ChecksPage),
    /// There is a session.
    SignIn,
    /// The session has ended.
    SignOut {
        /// What was done.
        sentence: String,
    },
    /// The form is opened.
    RequestAccess,
    /// The page is opened.
    Browse,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What and why; literals stand in backticks.
    pub sentence: String,
    /// What to do; literals stand in backticks.
    pub hint: Option<String>,
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self { sentence: failure.message, hint: failure.hint }
    }
}

impl From<&Disconnect> for Problem {
    fn from(disconnect: &Disconnect) -> Self {
        let (sentence, hint) = text::disconnect_in_parts(disconnect);
        Self { sentence, hint }
    }
}
