//! What the tray and the command line ask of the service.

use ipc::Message;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sign_in::SignInMethod;

/// A request on the control socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Request {
    /// How things stand. Answered with [`Status`](crate::Response::Status).
    Status,
    /// What would happen to an image. Answered with [`Explain`](crate::Response::Explain).
    Explain {
        /// The image as typed.
        image: String,
    },
    /// The verdict behind an id. Answered with [`Why`](crate::Response::Why).
    Why {
        /// The id as typed; none means the last denial.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// What was blocked, or would be but for audit mode. Answered with [`Entries`](crate::Response::Entries).
    Blocked {
        /// From this time on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
        /// At most so many, the most recent ones; none means all that the service gives out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
    },
    /// What was decided. Answered with [`Entries`](crate::Response::Entries), and with `follow` after that with
    /// an [`Event`](crate::Response::Event) for each further verdict.
    Log {
        /// From this time on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
        /// Whether to go on as verdicts are given.
        #[serde(default)]
        follow: bool,
    },
    /// How much was decided in some spans of time, and why. Answered with [`Activity`](crate::Response::Activity).
    Activity {
        /// When each span begins, at most 32 of them in their order: it ends where the next one begins, and the last one now.
        from: Vec<Timestamp>,
    },
    /// Every verdict and every change of status from here on, each as an [`Event`](crate::Response::Event).
    Watch,
    /// The engines of this machine. Answered with [`Engines`](crate::Response::Engines).
    Engines,
    /// What routing would change. Answered with [`Plans`](crate::Response::Plans).
    EnginesPlan {
        /// The engine; none means all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        engine: Option<String>,
    },
    /// Routes engines through the gateway. Answered with [`Changes`](crate::Response::Changes), a dry run with
    /// [`Plans`](crate::Response::Plans); with `progress` before that with a [`Progress`](crate::Response::Progress)
    /// for everything that takes longer.
    EnginesApply {
        /// The engine; none means all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        engine: Option<String>,
        /// Whether to change nothing and say what would be.
        #[serde(default)]
        dry_run: bool,
        /// Whether containers may stop where an engine cannot restart under them.
        #[serde(default)]
        may_stop_containers: bool,
        /// Whether the asker wants to hear what is waited for.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        progress: bool,
    },
    /// Asks the running engines whether they are routed. Answered with [`Engines`](crate::Response::Engines).
    EnginesVerify {
        /// The engine; none means all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        engine: Option<String>,
    },
    /// Gives the person's configuration back. Answered with [`Changes`](crate::Response::Changes), a dry run
    /// with [`Plans`](crate::Response::Plans).
    EnginesRestore {
        /// The engine; none means all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        engine: Option<String>,
        /// Whether to change nothing and say what would be.
        #[serde(default)]
        dry_run: bool,
        /// Whether containers may stop where an engine cannot restart under them.
        #[serde(default)]
        may_stop_containers: bool,
    },
    /// What the engines of this machine hold already, judged as if it were pulled now. Answered with
    /// [`Images`](crate::Response::Images).
    Images,
    /// Signs the asking person in. Answered with a [`SignIn`](crate::Response::SignIn) for each step, the last of
    /// them [`Done`](crate::SignInStep::Done).
    SignIn {
        /// How.
        method: SignInMethod,
    },
    /// Ends the session. Answered with [`SignedOut`](crate::Response::SignedOut).
    SignOut,
    /// The policy in force. Answered with [`Policy`](crate::Response::Policy).
    PolicyShow,
    /// Fetches the policy again. Answered with [`Policy`](crate::Response::Policy).
    PolicyRefresh,
    /// Reads the enrollment again. Answered with [`Done`](crate::Response::Done).
    Reload,
    /// Stops enforcement for a while. Answered with [`Done`](crate::Response::Done).
    Pause {
        /// For how long.
        seconds: u64,
        /// Why.
        reason: String,
    },
    /// Ends a pause. Answered with [`Done`](crate::Response::Done).
    Resume,
    /// Checks the installation. Answered with [`Doctor`](crate::Response::Doctor).
    Doctor {
        /// Whether to add what a support case needs.
        #[serde(default)]
        bundle: bool,
    },
}

impl Message for Request {
    const NAME: &'static str = "request";
    /// Anybody may connect and send the beginning of one. The longest that means something has some 1,000 bytes.
    const LIMIT: usize = 64 * 1024;
    const KINDS: &'static [&'static str] = &[
        "status",
        "explain",
        "why",
        "blocked",
        "log",
        "watch",
        "engines",
        "enginesPlan",
        "enginesApply",
        "enginesVerify",
        "enginesRestore",
        "signIn",
        "signOut",
        "policyShow",
        "policyRefresh",
        "reload",
        "pause",
        "resume",
        "doctor",
        "images",
        "activity",
    ];
}
