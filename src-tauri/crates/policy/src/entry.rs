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
    pub upstream: Option<UpstreamResult>,
    /// What of these requests failed beyond the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<Failures>,
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
}

/// The attempts under one verdict that failed beyond the policy, whatever came of the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// How the latest of them failed.
    pub last: UpstreamResult,
}

/// What came of the search for the login of whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LoginSearch {
    /// There was none, or nobody knows whose to look for.
    Missing,
    /// One was shown, and not accepted.
    Rejected,
    /// There should be one, and it could not be read.
    Failed {
        /// What stood in the way: a helper, by name, with its own first line.
        why: String,
    },
    /// A state of a later version.
    #[serde(other)]
    Other,
}

/// What came of a request that was let through, in words that never pass for policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum UpstreamResult {
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
    /// The registry wants a login that it was not shown.
    Unauthorized {
        /// The HTTP status.
        status: u16,
        /// The registry's own words, or those of its token service.
        message: String,
        /// What came of the search for a login.
        login: LoginSearch,
    },
    /// The service that gives out the registry's tokens gave none.
    TokenRefused {
        /// The host of that service.
        host: String,
        /// Its HTTP status.
        status: u16,
        /// Its words; may be empty.
        message: String,
    },
    /// A registry or cache refused by rules of its own.
    DeniedElsewhere {
        /// Its host.
        host: String,
        /// What it is, where that can be told: `Harbor`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        product: Option<String>,
        /// The HTTP status.
        status: u16,
        /// Its words; may be empty.
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
    /// A proxy on the way stood in it.
    Proxy {
        /// The proxy, as people know it.
        proxy: String,
        /// What is wrong there, as the end of a sentence that begins with it.
        problem: String,
    },
    /// An outcome of a later version.
    #[serde(other)]
    Other,
}
