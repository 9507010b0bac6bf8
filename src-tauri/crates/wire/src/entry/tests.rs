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
