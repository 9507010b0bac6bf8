//! What needs somebody's eyes, by code: raised once, kept with its first time, cleared by its own cause.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::watch;
use wire::{Condition, Severity};

/// The conditions of this machine.
#[derive(Default)]
pub(super) struct Conditions {
    all: Mutex<BTreeMap<String, Condition>>,
    published: watch::Sender<()>,
}

impl Conditions {
    /// Raises a condition, or says it anew; it keeps the time it began.
    pub(super) fn raise(
        &self,
        code: &str,
        severity: Severity,
        sentence: impl Into<String>,
        action: Option<&str>,
    ) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let since = all.get(code).map_or_else(host::clock::now, |condition| condition.since);
        let sentence = sentence.into();
        if all.get(code).is_none_or(|condition| condition.sentence != sentence) {
            tracing::warn!(code, sentence, "condition");
        }
        let action = action.map(str::to_owned);
        all.insert(code.to_owned(), Condition { code: code.to_owned(), severity, sentence, since, action });
    }

    /// The cause is gone.
    pub(super) fn clear(&self, code: &str) {
        if self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(code).is_some() {
            tracing::info!(code, "condition cleared");
        }
    }

    /// Whoever raised and cleared some has finished: what holds is to be shown at once.
    pub(super) fn publish(&self) {
        self.published.send_replace(());
    }

    /// Changes whenever they are to be shown at once.
    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.published.subscribe()
    }

    /// Whether one of these holds.
    pub(super) fn any(&self, codes: &[&str]) -> bool {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        codes.iter().any(|code| all.contains_key(*code))
    }

    /// All of them, the worst first.
    pub(super) fn list(&self) -> Vec<Condition> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<Condition> = all.values().cloned().collect();
        list.sort_by_key(|condition| std::cmp::Reverse(condition.severity));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_keeps_the_time_it_began_and_goes_with_its_cause() {
        let conditions = Conditions::default();
        conditions.raise("a", Severity::Notice, "first", None);
        let since = conditions.list()[0].since;
        conditions.raise("a", Severity::Notice, "second", None);
        conditions.raise("b", Severity::Critical, "worse", Some("do"));
        let list = conditions.list();
        assert_eq!((list[0].code.as_str(), list[1].sentence.as_str(), list[1].since), ("b", "second", since));
        conditions.clear("a");
        assert_eq!(conditions.list().len(), 1);
    }
}
