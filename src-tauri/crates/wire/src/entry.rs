//! Verdicts as the service hands them out: the journal's entries, in pages that fit a message.

use jiff::Timestamp;
use policy::Verdict;
use serde::{Deserialize, Serialize};

use crate::frame::LIMIT;

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
    pub upstream: Option<Upstream>,
    /// The digest that a tag named at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Who asked, as far as the kernel can tell.
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

/// What came of a request that was let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Upstream {
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
    /// Docker Hub's own access management refused.
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

/// A page of entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entries {
    /// The entries, the most recent first over all pages.
    pub entries: Vec<Entry>,
    /// Whether another page follows at once.
    #[serde(default)]
    pub more: bool,
}

impl Entries {
    /// Any number of entries as pages that each fit a message; at least one page.
    ///
    /// An entry that alone is larger than half a message stands on a page of its own.
    pub fn pages(entries: Vec<Entry>) -> Vec<Self> {
        let mut pages = vec![Self { entries: Vec::new(), more: false }];
        let mut room = LIMIT / 2;
        for entry in entries {
            let size = serde_json::to_vec(&entry).map_or(0, |json| json.len() + 1);
            if let Some(page) = pages.last_mut() {
                if size <= room || page.entries.is_empty() {
                    room = room.saturating_sub(size);
                    page.entries.push(entry);
                } else {
                    page.more = true;
                    room = (LIMIT / 2).saturating_sub(size);
                    pages.push(Self { entries: vec![entry], more: false });
                }
            }
        }
        pages
    }
}

#[cfg(test)]
mod tests;
