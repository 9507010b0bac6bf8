//! The newest things of a kind: never more than a number, and each for a time. Whoever adds one too many makes the
//! oldest go, so that nobody can fill the place up for others.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    time::Duration,
};

/// Keys with what is known of them. Time is the machine's, sleep included ([`host::clock::boottime`]).
pub(crate) struct ExpiringMap<K, V> {
    known: HashMap<K, Kept<V>>,
    /// The keys in the order they were last added.
    order: BTreeMap<u64, K>,
    turn: u64,
    at_most: usize,
}

struct Kept<V> {
    value: V,
    until: Duration,
    turn: u64,
}

impl<K: Clone + Eq + Hash, V> ExpiringMap<K, V> {
    /// With room for so many.
    pub(crate) fn with_limit(at_most: usize) -> Self {
        Self { known: HashMap::new(), order: BTreeMap::new(), turn: 0, at_most }
    }

    /// Adds one, or renews it.
    pub(crate) fn insert(&mut self, key: K, value: V, until: Duration) {
        let _value = self.insert_and_get(key, value, until);
    }

    /// The same, to go on with it.
    pub(crate) fn insert_and_get(&mut self, key: K, value: V, until: Duration) -> &mut V {
        self.remove(&key);
        while self.known.len() >= self.at_most {
            let Some((_, oldest)) = self.order.pop_first() else { break };
            self.known.remove(&oldest);
        }
        self.turn = self.turn.wrapping_add(1);
        self.order.insert(self.turn, key.clone());
        let kept = Kept { value, until, turn: self.turn };
        &mut self.known.entry(key).insert_entry(kept).into_mut().value
    }

    /// What is known of a key at this time.
    pub(crate) fn get(&self, key: &K, now: Duration) -> Option<&V> {
        self.known.get(key).filter(|kept| kept.until > now).map(|kept| &kept.value)
    }

    /// The same, to change it.
    pub(crate) fn get_mut(&mut self, key: &K, now: Duration) -> Option<&mut V> {
        self.known.get_mut(key).filter(|kept| kept.until > now).map(|kept| &mut kept.value)
    }

    pub(crate) fn contains(&self, key: &K, now: Duration) -> bool {
        self.get(key, now).is_some()
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let kept = self.known.remove(key)?;
        self.order.remove(&kept.turn);
        Some(kept.value)
    }

    pub(crate) fn clear(&mut self) {
        self.known.clear();
        self.order.clear();
    }

    /// Every key that is known at this time.
    pub(crate) fn keys(&self, now: Duration) -> impl Iterator<Item = &K> {
        self.known.iter().filter(move |(_, kept)| kept.until > now).map(|(key, _)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn one_too_many_makes_the_oldest_go() {
        let mut map = ExpiringMap::with_limit(2);
        for key in ["a", "b", "a", "c"] {
            map.insert(key, (), SECOND);
        }
        let known = ["a", "b", "c"].map(|key| map.contains(&key, Duration::ZERO));
        assert_eq!(known, [true, false, true]);
        assert_eq!(map.order.len(), map.known.len());
    }

    #[test]
    fn what_is_over_is_not_known() {
        let mut map = ExpiringMap::with_limit(2);
        map.insert("a", 1, SECOND);
        assert_eq!((map.get(&"a", Duration::ZERO), map.get(&"a", SECOND)), (Some(&1), None));
        assert_eq!(map.remove(&"a"), Some(1));
        assert_eq!(map.order.len(), 0);
    }
}
