//! Entries and journals for tests.

use std::path::PathBuf;

use image_ref::Repository;
use jiff::Timestamp;
use policy::{
    Action, Engine, Finding, Front, Image, ImageName, Organization, Outcome, Reason, Rule, RuleKind, Verdict,
    VerdictId,
};
use tempfile::TempDir;

use crate::{Asker, Entry, Journal, Opened, Query, Viewer};

/// A second of the year 2026.
pub(crate) fn time(second: i64) -> Timestamp {
    Timestamp::new(1_785_000_000 + second, 123_456_789).unwrap()
}

/// A blocked pull with the id and at the second of a number, by a person with uid 1000.
pub(crate) fn entry(number: u32) -> Entry {
    let finding = Finding {
        outcome: Outcome::Blocked,
        reason: Reason::ClassBlocked,
        rule: Some(Rule {
            kind: RuleKind::Class,
            id: "community".into(),
            text: "community images: block".into(),
        }),
        class: Some(policy::Class::Community),
        image: Image {
            name: ImageName::Repository(Repository::parse(&format!("someuser/tool{number}")).unwrap()),
            target: Some(":latest".into()),
            judged_as: None,
            sent_by: None,
        },
        action: Action::Pull,
        stamp: None,
        organization: Organization {
            name: "acme".into(),
            display: "Acme".into(),
            contact: policy::Contact::default(),
        },
        message: None,
        support: Some("#container-help".into()),
        request_url: None,
        instead: None,
    };
    let verdict = Verdict {
        id: VerdictId::from_bits(u64::from(number)),
        at: time(number.into()),
        engine: Engine::Podman,
        front: Front::Mirror,
        finding,
    };
    let asker = Asker { uid: Some(1000) };
    Entry { last: verdict.at, verdict, count: 1, asker, upstream: None, failures: None, digest: None }
}

/// Every entry, for an administrator.
pub(crate) fn everything() -> Query {
    Query { since: None, outcomes: Vec::new(), visible_to: Viewer::Everything, limit: usize::MAX }
}

/// A folder of its own, and where the journal is in it.
pub(crate) fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    (folder, path)
}

/// A new journal in a folder of its own.
pub(crate) fn journal() -> (TempDir, Journal) {
    let (folder, path) = folder();
    let Opened { journal, set_aside } = Journal::open(&path, time(0)).unwrap();
    assert_eq!(set_aside, None);
    (folder, journal)
}
