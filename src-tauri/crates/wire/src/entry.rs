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
mod tests {
    use ipc::encode;
    use policy::UpstreamResult;

    use super::*;

    use crate::{Response, sample};

    #[test]
    fn any_number_of_entries_fits_into_pages() {
        let entries = vec![sample::entry(); 2000];
        let pages = Entries::pages(entries.clone());
        assert!(pages.len() > 2, "{} pages", pages.len());
        let more: Vec<bool> = pages.iter().map(|page| page.more).collect();
        assert_eq!(more, [vec![true; pages.len() - 1], vec![false]].concat());
        assert!(pages.iter().all(|page| encode(&Response::Entries(page.clone())).is_ok()));
        let together: Vec<Entry> = pages.into_iter().flat_map(|page| page.entries).collect();
        assert!(together == entries);
    }

    #[test]
    fn no_entries_are_one_empty_page() {
        assert_eq!(Entries::pages(Vec::new()), [Entries { entries: Vec::new(), more: false }]);
    }

    #[test]
    fn a_very_large_entry_has_a_page_of_its_own() {
        let mut large = sample::entry();
        large.upstream = Some(UpstreamResult::Refused { status: 500, message: "x".repeat(LIMIT / 2) });
        let pages = Entries::pages(vec![sample::entry(), large, sample::entry()]);
        assert_eq!(pages.iter().map(|page| page.entries.len()).collect::<Vec<_>>(), [1, 1, 1]);
    }
}
