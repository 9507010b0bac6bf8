use jiff::Timestamp;
use policy::{Outcome, VerdictId};

use super::*;
use crate::sample;

/// A blocked pull of that number by a user.
fn decided(uid: u32, number: u64) -> DecisionRecord {
    let at = Timestamp::UNIX_EPOCH + KEEP_FOR;
    let verdict = sample::verdict(Outcome::Blocked, VerdictId::from_bits(number), at);
    let uid = Some(uid);
    DecisionRecord {
        verdict,
        count: 1,
        last: host::clock::now(),
        uid,
        digest: None,
        upstream: None,
        failures: None,
    }
}

/// As when the disk hangs: whoever writes waits, and so does whoever reads. Deciding does not, or this would not end.
#[test]
fn while_the_disk_hangs_a_flood_takes_no_place_of_another_and_nothing_is_lost_without_a_word() {
    use gateway::DecisionSink;
    let folder = tempfile::tempdir().unwrap();
    let dirs =
        Dirs { config: folder.path().into(), state: folder.path().into(), runtime: folder.path().into() };
    let conditions = Arc::new(Conditions::default());
    let writer = JournalWriter::open(&dirs, Arc::clone(&conditions), broadcast::channel(4).0).unwrap();
    let hang = writer.hang();
    for number in 0..20_000 {
        writer.record(&decided(1001, number));
    }
    writer.record(&decided(1000, 30_000));
    assert!(writer.waiting.held() <= WAITING.each + TOGETHER + 1, "{}", writer.waiting.held());
    drop(hang);
    writer.finish();
    let id = VerdictId::from_bits(30_000);
    let found = writer.with_journal(|journal| journal.find(&id)).unwrap().unwrap();
    assert_eq!(found.unwrap().asker.uid, Some(1000));
    assert_eq!(writer.waiting.held(), 0);
    writer.losses.tell(&conditions, Instant::now());
    let said: Vec<String> = conditions.list().into_iter().map(|condition| condition.sentence).collect();
    assert!(said.iter().any(|one| one.contains("are enforced and not in the record")), "{said:?}");
}
