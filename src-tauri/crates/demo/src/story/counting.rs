//! What was decided, counted as the service would.

use jiff::Timestamp;
use policy::{Entry, EntryCount, Outcome};

/// How many entries of each span had each outcome for each kind of reason.
pub(super) fn spans(entries: &[Entry], from: &[Timestamp]) -> Vec<Vec<EntryCount>> {
    let ends = from.iter().skip(1).copied().chain([Timestamp::MAX]);
    let in_span = |(from, until): (&Timestamp, Timestamp)| {
        let mut counts: Vec<EntryCount> = Vec::new();
        for entry in entries.iter().filter(|entry| *from <= entry.last && entry.last < until) {
            let one = counted(entry);
            match counts.iter_mut().find(|other| EntryCount { entries: 1, ..**other } == one) {
                Some(same) => same.entries += 1,
                None => counts.push(one),
            }
        }
        counts
    };
    from.iter().zip(ends).map(in_span).collect()
}

fn counted(entry: &Entry) -> EntryCount {
    let finding = &entry.verdict.finding;
    let is_stopped = finding.outcome != Outcome::Allowed;
    EntryCount {
        outcome: finding.outcome,
        rule: finding.rule.as_ref().filter(|_| is_stopped).map(|rule| rule.kind),
        class: finding.class.filter(|_| is_stopped),
        entries: 1,
    }
}
