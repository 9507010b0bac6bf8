//! Verdicts as the service hands them out: the journal's entries, in pages that fit a message.

use policy::Entry;
use serde::{Deserialize, Serialize};

use ipc::LIMIT;

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
