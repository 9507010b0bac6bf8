use std::{cell::Cell, time::Instant};

use image_ref::Repository;
use jiff::SignedDuration;
use policy::{Action, Contact, Engine, Front, Image, ImageName, Organization, Reason, Verdict, VerdictId};

use super::*;

const START: Timestamp = Timestamp::UNIX_EPOCH;

thread_local! {
    static DRAWN: Cell<u64> = const { Cell::new(0) };
}

fn dedup(uid: u32, name: &str, target: Option<&str>, outcome: Outcome) -> DedupKey {
    let name = ImageName::Repository(Repository::parse(name).unwrap());
    let finding = Finding {
        outcome,
        reason: Reason::ClassBlocked,
        rule: None,
        class: None,
        image: Image { name, target: None, judged_as: None, sent_by: None },
        action: Action::Pull,
        stamp: None,
        organization: Organization {
            name: "acme".into(),
            display: "Acme".into(),
            contact: Contact::default(),
        },
        message: None,
        support: None,
        request_url: None,
        instead: None,
    };
    DedupKey { engine: Engine::Docker, uid: Some(uid), finding, target: target.map(str::to_owned) }
}

fn record(verdicts: &VerdictCache, dedup: &DedupKey, now: Timestamp) -> DecisionRecord {
    verdicts.record(dedup, now, |finding| {
        let id = VerdictId::from_bits(DRAWN.with(|drawn| drawn.replace(drawn.get() + 1)));
        let verdict = Verdict { id, at: now, engine: dedup.engine, front: Front::Proxy, finding };
        let uid = dedup.uid;
        DecisionRecord { verdict, count: 1, last: now, uid, digest: None, upstream: None, failures: None }
    })
}

fn blocked(uid: u32, number: usize) -> DedupKey {
    dedup(uid, &format!("evil/miner{number}"), Some(":1"), Outcome::Blocked)
}

fn later(seconds: i64) -> Timestamp {
    START + SignedDuration::from_secs(seconds)
}

impl VerdictCache {
    fn sizes(&self) -> [usize; 4] {
        let entries = self.entries.lock().unwrap();
        [entries.kept.len(), entries.by_id.len(), entries.by_key.len(), entries.by_group.len()]
    }
}

#[test]
fn twelve_thousand_different_denials_do_not_slow_down_another_s() {
    let measure = |verdicts: &VerdictCache, from: usize| {
        let begun = Instant::now();
        for number in from..from + 200 {
            let decision = record(verdicts, &blocked(1001, number), START);
            assert_eq!(verdicts.should_emit(&decision), Emission::Emit);
        }
        begun.elapsed()
    };
    let alone = measure(&VerdictCache::default(), 0);
    let verdicts = VerdictCache::default();
    let mut emitted = [0, 0];
    for number in 0..12_000 {
        let decision = record(&verdicts, &blocked(1000, number), START);
        match verdicts.should_emit(&decision) {
            Emission::Emit => emitted[0] += 1,
            Emission::OverQuota => emitted[1] += 1,
            Emission::Repeat => panic!("{number} is another one"),
        }
    }
    assert_eq!(emitted, [LIMITS.each, 12_000 - LIMITS.each]);
    assert_eq!(verdicts.sizes(), [LIMITS.each; 4]);
    let beside = measure(&verdicts, 0);
    let ratio = beside.as_secs_f64() / alone.as_secs_f64();
    println!("200 decisions: {alone:?} alone, {beside:?} beside 12,000 of another user: {ratio:.1} times");
    assert!(ratio < 30.0, "{ratio}");
}

#[test]
fn all_users_together_leave_room_for_engines_of_root() {
    let verdicts = VerdictCache::default();
    for uid in 1000..1010 {
        for number in 0..LIMITS.each {
            record(&verdicts, &blocked(uid, number), START);
        }
    }
    assert_eq!(verdicts.sizes()[0], LIMITS.all - LIMITS.for_root);
    let decision = record(&verdicts, &blocked(0, 1), START);
    assert_eq!(verdicts.should_emit(&decision), Emission::Emit);
}

#[test]
fn what_passes_is_told_also_beyond_the_limit() {
    let verdicts = VerdictCache::default();
    for number in 0..LIMITS.each {
        record(&verdicts, &blocked(1000, number), START);
    }
    let passes = record(&verdicts, &dedup(1000, "acme/app", Some(":1"), Outcome::Allowed), START);
    assert_eq!(
        [verdicts.should_emit(&passes), verdicts.should_emit(&passes)],
        [Emission::Emit, Emission::Emit]
    );
}

#[test]
fn a_repeat_within_a_minute_is_one_verdict_and_after_it_another() {
    let verdicts = VerdictCache::default();
    let first = record(&verdicts, &blocked(1000, 1), START);
    let repeat = record(&verdicts, &blocked(1000, 1), later(59));
    assert_eq!((repeat.verdict.id, repeat.count), (first.verdict.id.clone(), 2));
    let another = record(&verdicts, &blocked(1000, 1), later(60));
    assert_ne!(another.verdict.id, first.verdict.id);
    assert_eq!(verdicts.sizes(), [1; 4]);
    record(&verdicts, &blocked(1000, 2), later(200));
    assert_eq!(verdicts.sizes(), [1; 4]);
}

#[test]
fn a_blob_belongs_to_the_image_that_was_decided_on_before() {
    let verdicts = VerdictCache::default();
    let of = |target| dedup(1000, "acme/app", target, Outcome::Allowed);
    let [one, other] = [Some(":1"), Some(":2")].map(|target| record(&verdicts, &of(target), START));
    let blob = record(&verdicts, &of(None), START);
    assert_ne!(one.verdict.id, other.verdict.id);
    assert_eq!(blob.verdict.id, one.verdict.id);
    let elsewhere = record(&verdicts, &dedup(1001, "acme/app", None, Outcome::Allowed), START);
    assert_ne!(elsewhere.verdict.id, one.verdict.id, "another user's is another");
}
