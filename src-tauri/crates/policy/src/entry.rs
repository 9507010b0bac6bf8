//! A verdict with what was seen around it: how often it was given, for whom, and what the registry said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Verdict;

/// A verdict with what was seen around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The verdict, as it was given the first time.
    pub verdict: Verdict,
    /// How many requests had this verdict.
    pub count: u32,
    /// When the latest of them came.
    pub last: Timestamp,
    /// Who asked.
    #[serde(default)]
    pub asker: Asker,
    /// What the registry answered, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Answered>,
    /// The digest that a tag named at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Who asked, as far as the kernel can tell; behind a daemon only the daemon is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asker {
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// The process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

/// What came of a request that was let through, in words that never pass for policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Answered {
    /// The registry delivered.
    Delivered {
        /// The HTTP status.
        status: u16,
    },
    /// The registry refused.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The registry's own words.
        message: String,
    },
    /// Docker Hub refused by its own image access settings.
    HubDenied {
        /// Docker Hub's words.
        message: String,
    },
    /// The registry's certificate is not acceptable.
    Certificate {
        /// The host that showed it.
        host: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The registry could not be reached.
    Unreachable {
        /// The host.
        host: String,
        /// What stood in the way.
        problem: String,
    },
    /// An outcome of a later version.
    #[serde(other)]
    Other,
}
