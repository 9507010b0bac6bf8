//! What pulls taught, over a restart.

use gateway::Gate;
use host::files::{Mode, write_atomically};

use super::core;
use crate::{ports, provenance, upstreams};

#[tokio::test]
async fn what_pulls_taught_and_cannot_be_read_is_told_and_keeps_nobody_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let core = core(folder.path());
    let gate = Gate::new(ports(&core).unwrap(), upstreams::of_enrollment(&core));
    provenance::recall(&core, &gate);
    assert!(!core.conditions.any(&["provenance-unreadable"]), "there was nothing to read");
    let file = core.dirs.state.join("provenance.jsonl");
    write_atomically(&file, b"{\"version\":1}\n", Mode::PRIVATE).unwrap();
    provenance::recall(&core, &gate);
    let told = core.conditions.list().into_iter().find(|one| one.code == "provenance-unreadable").unwrap();
    assert!(
        told.sentence.contains("provenance.jsonl") && told.sentence.contains("line 1"),
        "{}",
        told.sentence
    );
    assert_eq!(gate.provenance(), None, "nothing of it is known");
}
