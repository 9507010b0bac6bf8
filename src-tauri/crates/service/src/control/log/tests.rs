use host::peer::Peer;
use link::Link;
use tokio::net::UnixStream;
use wire::{Request, Severity};

use super::*;
use crate::{sample, tests};

const ROOT: Peer = Peer { uid: 0, gid: 0, pid: None };

type Asker = Link<Response, Request>;

async fn linked() -> (Client, Asker) {
    let (here, there) = UnixStream::pair().unwrap();
    let (service, asker) = tokio::join!(Client::greet(here), Asker::greet(there));
    (service.unwrap(), asker.unwrap())
}

async fn heard(asker: &mut Asker) -> Response {
    asker.receive().await.unwrap().unwrap()
}

async fn every_page(asker: &mut Asker) -> Vec<Entry> {
    let mut all = Vec::new();
    loop {
        let Response::Entries(Entries { entries, more }) = heard(asker).await else { panic!() };
        all.extend(entries);
        if !more {
            return all;
        }
    }
}

#[tokio::test]
async fn spans_are_counted_in_their_order_and_no_more_than_a_month_of_days() {
    let folder = tempfile::tempdir().unwrap();
    let handles = tests::service(folder.path()).handles;
    let now = crate::time::now();
    let counted = activity(&handles, ROOT, vec![now, now]).await;
    assert_eq!(counted, Response::Activity { spans: vec![Vec::new(), Vec::new()] });
    let earlier = now - jiff::SignedDuration::from_secs(1);
    for spans in [vec![now; 33], vec![now, earlier], vec![earlier, now, earlier, now]] {
        let refused = activity(&handles, ROOT, spans).await;
        assert!(
            matches!(&refused, Response::Error(failure) if failure.code == Code::BadRequest),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_watcher_that_was_flooded_is_told_how_things_are_now() {
    let folder = tempfile::tempdir().unwrap();
    let handles = tests::service(folder.path()).handles;
    let (mut service, mut asker) = linked().await;
    let watched = Arc::clone(&handles);
    let watching = tokio::spawn(async move { watch(&watched, ROOT, &mut service).await });
    let Response::Event { event: Event::Status { status } } = heard(&mut asker).await else { panic!() };
    assert!(status.conditions.iter().all(|condition| condition.code != "flooded"));
    // The word of it is the first to be lost.
    handles.conditions.raise("flooded", Severity::Attention, "Something is wrong", None);
    handles.publisher.publish_status();
    for _ in 0..5000 {
        handles.events.send(Event::Other).unwrap();
    }
    let (mut missed, mut is_shown) = (0, false);
    while !is_shown {
        let Response::Event { event } = heard(&mut asker).await else { panic!() };
        match event {
            Event::Missed { events } => missed += events,
            Event::Status { status } => {
                is_shown = status.conditions.iter().any(|condition| condition.code == "flooded");
            }
            Event::Verdict { .. } | Event::PolicyChanged { .. } | Event::Other => {}
        }
    }
    assert!(missed > 1000, "{missed}");
    watching.abort();
}

#[tokio::test]
async fn what_audit_mode_recorded_is_listed_with_what_was_blocked_up_to_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let handles = tests::service(folder.path()).handles;
    let outcomes = [Outcome::Blocked, Outcome::Audited, Outcome::Allowed];
    for number in 0..600_u32 {
        let outcome = outcomes[number as usize % 3];
        let at = host::clock::now() - std::time::Duration::from_secs(60 * u64::from(number));
        let verdict = sample::verdict(outcome, VerdictId::from_bits(number.into()), at);
        let (asker, upstream, failures, digest) = (policy::Asker::default(), None, None, None);
        let entry = Entry { verdict, count: 1, last: at, asker, upstream, failures, digest };
        handles.decisions.with_journal(|journal| journal.record(&entry)).unwrap().unwrap();
    }
    let (mut service, mut asker) = linked().await;
    for (limit, wanted) in [(None, 400), (Some(13), 13), (Some(300), 300), (Some(0), 0), (Some(9999), 400)] {
        let (sent, all) =
            tokio::join!(blocked(&handles, ROOT, None, limit, &mut service), every_page(&mut asker));
        sent.unwrap();
        assert_eq!(all.len(), wanted, "{limit:?}");
        assert!(all.iter().all(|entry| entry.verdict.finding.outcome != Outcome::Allowed));
        assert!(all.is_sorted_by_key(|entry| std::cmp::Reverse(entry.last)));
    }
}
