use policy::Outcome;

use super::*;
use crate::sample::{entry, everything, journal, time};
use crate::{UpstreamResult, Viewer};

fn ids(journal: &Journal, query: &Query) -> Vec<VerdictId> {
    journal.query(query).unwrap().into_iter().map(|entry| entry.verdict.id).collect()
}

fn numbered(numbers: impl IntoIterator<Item = u32>) -> Vec<VerdictId> {
    numbers.into_iter().map(|number| VerdictId::from_bits(number.into())).collect()
}

#[test]
fn what_was_recorded_is_found_whole() {
    let (_folder, journal) = journal();
    let mut written = entry(7);
    written.digest = Some(format!("sha256:{}", "a".repeat(64)));
    written.upstream = Some(UpstreamResult::Refused { status: 429, message: "toomanyrequests".into() });
    journal.record(&written).unwrap();
    assert_eq!(journal.find(&written.verdict.id).unwrap(), Some(written.clone()));
    assert_eq!(journal.query(&everything()).unwrap(), [written]);
    assert_eq!(journal.find(&VerdictId::from_bits(8)).unwrap(), None);
}

#[test]
fn the_same_verdict_again_is_one_entry_brought_up_to_date() {
    let (_folder, journal) = journal();
    let first = entry(1);
    journal.record(&first).unwrap();
    let delivered = Some(UpstreamResult::Delivered { status: 200 });
    let again = Entry { count: 3, last: time(50), upstream: delivered.clone(), ..first.clone() };
    journal.record(&again).unwrap();
    assert_eq!(journal.find(&first.verdict.id).unwrap(), Some(again.clone()));
    journal.record(&first).unwrap();
    assert_eq!(journal.query(&everything()).unwrap(), [again], "a late writer takes nothing back");
}

#[test]
fn an_id_of_another_verdict_is_refused_and_nothing_overwritten() {
    let (_folder, journal) = journal();
    let first = entry(1);
    let mut other = entry(2);
    other.verdict.id = first.verdict.id.clone();
    journal.record(&first).unwrap();
    assert!(matches!(journal.record(&other), Err(JournalError::Taken { id }) if id == first.verdict.id));
    assert_eq!(journal.query(&everything()).unwrap(), [first]);
}

#[test]
fn the_most_recent_entries_come_first_up_to_the_limit() {
    let (_folder, journal) = journal();
    for number in [2, 1, 3] {
        journal.record(&entry(number)).unwrap();
    }
    journal.record(&Entry { last: time(9), ..entry(1) }).unwrap();
    assert_eq!(ids(&journal, &everything()), numbered([1, 3, 2]));
    assert_eq!(ids(&journal, &Query { limit: 2, ..everything() }), numbered([1, 3]));
    assert_eq!(ids(&journal, &Query { limit: 0, ..everything() }), numbered([]));
}

#[test]
fn each_condition_of_a_query_narrows_it() {
    let (_folder, journal) = journal();
    for number in 1..=3 {
        let mut entry = entry(number);
        if number == 2 {
            entry.verdict.finding.outcome = Outcome::Audited;
        }
        journal.record(&entry).unwrap();
    }
    let since = Query { since: Some(time(2)), ..everything() };
    let audited = Query { outcomes: vec![Outcome::Audited], ..everything() };
    assert_eq!(ids(&journal, &since), numbered([3, 2]));
    assert_eq!(ids(&journal, &audited), numbered([2]));
}

#[test]
fn a_person_sees_their_own_entries_and_those_of_shared_engines() {
    let (_folder, journal) = journal();
    for (number, uid) in [(1, Some(1000)), (2, Some(1001)), (3, Some(0)), (4, None)] {
        let mut entry = entry(number);
        entry.asker.uid = uid;
        journal.record(&entry).unwrap();
    }
    let seen_by = |visible_to| ids(&journal, &Query { visible_to, ..everything() });
    assert_eq!(seen_by(Viewer::Person(1000)), numbered([4, 3, 1]));
    assert_eq!(seen_by(Viewer::Person(1001)), numbered([4, 3, 2]));
    assert_eq!(seen_by(Viewer::Everything), numbered([4, 3, 2, 1]));
}

#[test]
fn pruning_drops_what_is_old_and_then_what_is_too_much() {
    let (_folder, journal) = journal();
    for number in 1..=6 {
        journal.record(&entry(number)).unwrap();
    }
    assert_eq!(journal.prune(usize::MAX, time(3), &[]).unwrap(), 2);
    assert_eq!(ids(&journal, &everything()), numbered([6, 5, 4, 3]));
    assert_eq!(journal.prune(3, time(0), &[]).unwrap(), 1);
    assert_eq!(ids(&journal, &everything()), numbered([6, 5, 4]));
    assert_eq!(journal.prune(3, time(0), &[]).unwrap(), 0);
}

/// An entry of a user, with what else makes it different.
fn of(uid: u32, number: u32, outcome: Outcome) -> Entry {
    let mut entry = entry(number);
    entry.asker.uid = Some(uid);
    entry.verdict.finding.outcome = outcome;
    entry
}

#[test]
fn a_flood_of_one_user_washes_out_nobody_else_s_entries_nor_their_own_of_another_outcome() {
    let (_folder, journal) = journal();
    let before = [of(1000, 1, Outcome::Blocked), of(1001, 2, Outcome::Allowed), of(0, 3, Outcome::Blocked)];
    journal.record_all(&before).unwrap();
    let flood: Vec<Entry> = (10..2010).map(|number| of(1001, number, Outcome::Blocked)).collect();
    journal.record_all(&flood).unwrap();
    assert_eq!(journal.prune(100, time(0), &[]).unwrap(), 1903);
    assert_eq!(ids(&journal, &everything()), numbered((1913..2010).rev().chain([3, 2, 1])));
}

#[test]
fn a_flood_under_many_subordinate_ids_is_one_user_s() {
    let (_folder, journal) = journal();
    let before: Vec<Entry> = (1..=20).map(|number| of(1000, number, Outcome::Blocked)).collect();
    journal.record_all(&before).unwrap();
    let flood: Vec<Entry> =
        (0..500).map(|number| of(100_000 + number, 1000 + number, Outcome::Blocked)).collect();
    journal.record_all(&flood).unwrap();
    assert_eq!(journal.prune(50, time(0), &[(100_000, 165_535)]).unwrap(), 470);
    let left = ids(&journal, &everything());
    assert!(numbered(1..=20).iter().all(|id| left.contains(id)), "{left:?}");
}

#[test]
fn one_entry_that_cannot_be_added_takes_no_other_with_it() {
    let (_folder, journal) = journal();
    let mut taken = entry(2);
    taken.verdict.id = entry(1).verdict.id;
    journal.record_all(&[entry(1), taken, entry(3)]).unwrap();
    assert_eq!(ids(&journal, &everything()), numbered([3, 1]));
}

#[test]
fn pruning_gives_room_back() {
    let (_folder, journal) = journal();
    let pages =
        || journal.locked().pragma_query_value(None, "page_count", |row| row.get::<_, u32>(0)).unwrap();
    for number in 1..=200 {
        journal.record(&entry(number)).unwrap();
    }
    let full = pages();
    assert_eq!(journal.prune(10, time(0), &[]).unwrap(), 190);
    assert!(pages() < full / 4, "{} of {full} pages are left", pages());
}

#[test]
fn a_full_disk_is_distinguished_and_takes_nothing_away() {
    let (_folder, journal) = journal();
    journal.record(&entry(1)).unwrap();
    let pages: u32 = journal.locked().pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    journal.locked().pragma_update(None, "max_page_count", pages).unwrap();
    let full = (2..1000).find_map(|number| journal.record(&entry(number)).err().map(|error| (number, error)));
    let Some((number, JournalError::Full { .. })) = full else { panic!("{full:?}") };
    assert_eq!(ids(&journal, &everything()), numbered((1..number).rev()));
    journal.locked().pragma_update(None, "max_page_count", 100_000).unwrap();
    journal.record(&entry(number)).unwrap();
}

#[test]
fn a_journal_that_cannot_be_written_says_so() {
    let (_folder, journal) = journal();
    journal.locked().pragma_update(None, "query_only", true).unwrap();
    assert!(matches!(journal.record(&entry(1)), Err(JournalError::Storage { .. })));
}

#[test]
fn an_entry_that_is_not_understood_hides_no_other() {
    let (_folder, journal) = journal();
    journal.record(&entry(1)).unwrap();
    journal.record(&entry(2)).unwrap();
    journal.locked().execute("UPDATE entries SET verdict = '{}' WHERE row = 1", []).unwrap();
    assert_eq!(ids(&journal, &everything()), numbered([2]));
    let fault = journal.find(&VerdictId::from_bits(1));
    assert!(matches!(fault, Err(JournalError::Entry { id, .. }) if id == "pg-00000001"));
}

#[test]
fn many_threads_record_without_losing_one() {
    let (_folder, journal) = journal();
    std::thread::scope(|scope| {
        for start in [0, 100, 200, 300] {
            let journal = &journal;
            scope.spawn(move || {
                (start..start + 25).for_each(|number| journal.record(&entry(number)).unwrap())
            });
        }
    });
    assert_eq!(journal.query(&everything()).unwrap().len(), 100);
}

#[test]
fn pages_go_on_where_the_last_one_ended_whatever_is_recorded_meanwhile() {
    let (_folder, journal) = journal();
    for number in 1..=5 {
        journal.record(&entry(number)).unwrap();
    }
    let query = everything();
    let (first, after) = journal.page(&query, 2, None).unwrap();
    journal.record(&entry(6)).unwrap();
    // It was on the first page, and is not given again.
    journal.record(&Entry { count: 9, last: time(90), ..first[0].clone() }).unwrap();
    let (second, after) = journal.page(&query, 2, after).unwrap();
    let (third, end) = journal.page(&query, 2, after).unwrap();
    let of = |page: Vec<Entry>| page.into_iter().map(|entry| entry.verdict.id).collect::<Vec<_>>();
    assert_eq!((of(first), of(second), of(third)), (numbered([5, 4]), numbered([3, 2]), numbered([1])));
    assert_eq!(end, None);
    let outcomes = vec![Outcome::Blocked, Outcome::Audited];
    let stopped = Query { outcomes, ..everything() };
    let all = ids(&journal, &everything());
    let wanted: Vec<_> = all
        .into_iter()
        .filter(|id| {
            let found = journal.find(id).unwrap().unwrap();
            found.verdict.finding.outcome != Outcome::Allowed
        })
        .collect();
    assert_eq!(ids(&journal, &stopped), wanted);
}
