use super::*;
use crate::sample::{entry, everything, journal, time};
use crate::{UpstreamResult, Viewer};

fn exported(journal: &Journal, query: &Query) -> Vec<serde_json::Value> {
    let mut out = Vec::new();
    let written = journal.export(query, &mut out).unwrap();
    let lines: Vec<_> = out.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(lines.len(), written);
    lines.into_iter().map(|line| serde_json::from_slice(line).unwrap()).collect()
}

#[test]
fn a_line_is_the_entry_with_the_version_of_its_schema() {
    let (_folder, journal) = journal();
    let mut written = entry(1);
    written.upstream =
        Some(UpstreamResult::Certificate { host: "registry.example".into(), problem: "expired".into() });
    journal.record(&written).unwrap();
    let lines = exported(&journal, &everything());
    let mut expected = serde_json::to_value(&written).unwrap();
    expected["schemaVersion"] = 1.into();
    assert_eq!(lines, [expected.clone()]);
    assert_eq!(expected["upstream"]["kind"], "certificate");
    assert_eq!(expected["verdict"]["id"], "pg-00000001");
    assert_eq!(expected["asker"]["uid"], 1000);
}

#[test]
fn every_entry_is_exported_once_in_the_order_of_recording() {
    let (_folder, journal) = journal();
    let numbers: Vec<u32> = (1..=2 * PAGE as u32 + 10).collect();
    for number in &numbers {
        journal.record(&entry(*number)).unwrap();
    }
    journal.record(&crate::Entry { last: time(9999), count: 2, ..entry(5) }).unwrap();
    let id = |line: &serde_json::Value| line["verdict"]["id"].as_str().unwrap().to_owned();
    let ids: Vec<_> = exported(&journal, &everything()).iter().map(id).collect();
    let expected: Vec<_> = numbers.iter().map(|number| entry(*number).verdict.id.to_string()).collect();
    assert_eq!(ids, expected);
    assert_eq!(exported(&journal, &Query { limit: PAGE + 1, ..everything() }).len(), PAGE + 1);
}

#[test]
fn an_export_keeps_to_what_its_reader_may_see() {
    let (_folder, journal) = journal();
    journal.record(&entry(1)).unwrap();
    let stranger = Query { visible_to: Viewer::Person(1001), ..everything() };
    assert_eq!(exported(&journal, &stranger), [] as [serde_json::Value; 0]);
}

#[test]
fn an_export_that_cannot_be_written_says_so() {
    let (_folder, journal) = journal();
    journal.record(&entry(1)).unwrap();
    let mut full: &mut [u8] = &mut [];
    assert!(matches!(journal.export(&everything(), &mut full), Err(JournalError::Export { .. })));
}
