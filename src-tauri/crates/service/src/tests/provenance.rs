//! What pulls taught, over a restart.

use host::files::{Mode, write_atomically};

use super::service;

const CODE: &str = "provenance-unreadable";

#[tokio::test]
async fn what_pulls_taught_and_cannot_be_read_is_told_and_keeps_nobody_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let before = service(folder.path());
    assert!(!before.handles.conditions.any(&[CODE]), "there was nothing to read");
    before.end();
    let file = folder.path().join("state/provenance.jsonl");
    write_atomically(&file, b"{\"version\":1}\n", Mode::PRIVATE).unwrap();
    let after = service(folder.path());
    let raised = after.handles.conditions.list().into_iter().find(|one| one.code == CODE).unwrap();
    assert!(
        raised.sentence.contains("provenance.jsonl") && raised.sentence.contains("line 1"),
        "{}",
        raised.sentence
    );
    assert_eq!(after.gate.provenance(), None, "nothing of it is known");
}
