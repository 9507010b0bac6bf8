//! What is not in the record, by number: nothing is lost without a word.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use wire::Severity;

use crate::conditions::Conditions;

/// Decisions that are counted and not kept.
#[derive(Default)]
pub(super) struct Losses(Mutex<Counts>);

#[derive(Clone, Default)]
struct Counts {
    /// The writer was too far behind.
    behind: u64,
    /// Somebody asked for too many different images at a time.
    flooded: u64,
    /// Who did so last.
    flooder: Option<u32>,
    /// When it was told last, and how much that was.
    shown: Option<(Instant, u64)>,
}

const BEHIND: &str = "journal-behind";
const FLOODED: &str = "record-flooded";
/// After so long without another loss it is no longer told.
const SHOWN_FOR: Duration = Duration::from_secs(24 * 3600);

impl Losses {
    pub(super) fn behind(&self) {
        self.change(|counts| counts.behind = counts.behind.saturating_add(1));
    }

    pub(super) fn flooded(&self, uid: Option<u32>) {
        self.change(|counts| {
            counts.flooded = counts.flooded.saturating_add(1);
            counts.flooder = uid;
        });
    }

    /// Brings the conditions up to date.
    pub(super) fn tell(&self, conditions: &Conditions, now: Instant) {
        let counts = {
            let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let sum = counts.behind.saturating_add(counts.flooded);
            match counts.shown {
                _ if sum == 0 => return,
                Some((_, before)) if before != sum => counts.shown = Some((now, sum)),
                None => counts.shown = Some((now, sum)),
                Some((since, _)) if now.saturating_duration_since(since) < SHOWN_FOR => return,
                Some(_) => *counts = Counts::default(),
            }
            counts.clone()
        };
        tell(conditions, BEHIND, counts.behind, |count| {
            let sentence = format!(
                "{count} decisions are enforced and not in the record: they came faster than the disk takes them"
            );
            (sentence, "Look at the disk of `/var/lib/pullgate`")
        });
        tell(conditions, FLOODED, counts.flooded, |count| {
            let who = counts.flooder.map_or_else(|| "somebody".to_owned(), |uid| format!("user {uid}"));
            let sentence = format!(
                "{count} blocked requests are not in the record one by one: {who} asked for too many different images at a time"
            );
            (sentence, "Ask that user what runs there")
        });
    }

    fn change(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn tell(conditions: &Conditions, code: &str, count: u64, words: impl FnOnce(u64) -> (String, &'static str)) {
    if count == 0 {
        return conditions.clear(code);
    }
    let (sentence, action) = words(count);
    conditions.raise(code, Severity::Notice, sentence, Some(action));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_recorded_is_told_with_its_number_and_forgotten_after_a_day() {
        let (losses, conditions, start) = (Losses::default(), Conditions::default(), Instant::now());
        losses.tell(&conditions, start);
        assert_eq!(conditions.list(), []);
        losses.behind();
        losses.flooded(Some(1001));
        losses.flooded(Some(1001));
        losses.tell(&conditions, start);
        let said: Vec<String> = conditions.list().into_iter().map(|one| one.sentence).collect();
        assert!(
            said.iter().any(|one| one.starts_with("1 decisions are enforced and not in the record")),
            "{said:?}"
        );
        assert!(
            said.iter().any(|one| one.starts_with("2 blocked requests") && one.contains("user 1001")),
            "{said:?}"
        );
        losses.tell(&conditions, start + SHOWN_FOR);
        assert_eq!(conditions.list(), []);
    }
}
