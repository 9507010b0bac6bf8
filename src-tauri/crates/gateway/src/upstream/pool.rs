//! Connections to registries that wait for their next request.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http1::Connection;

use super::Destination;

/// What can wait in a pool.
pub(crate) trait Waiting {
    /// Whether nothing has come meanwhile that nobody asked for, nor the end.
    fn is_quiet(&mut self) -> bool;
}

impl Waiting for Connection {
    fn is_quiet(&mut self) -> bool {
        Self::is_quiet(self)
    }
}

/// Idle connections, by destination, with the time since when they wait. It goes on while the machine sleeps.
pub(crate) struct Pool<C = Connection>(Mutex<Idle<C>>);

type Idle<C> = HashMap<Destination, Vec<(Duration, C)>>;

/// Most registries close an idle connection after 60 s or later.
pub(crate) const KEEP: Duration = Duration::from_secs(50);
pub(crate) const PER_DESTINATION: usize = 8;
/// In all, each of which is an open descriptor: an image needs its registry, its token service and its store. The one
/// that has waited for longest goes first.
pub(crate) const MOST: usize = 64;

impl<C> Default for Pool<C> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<C: Waiting> Pool<C> {
    /// A connection that was not closed meanwhile, as far as this side knows, and how long it has waited: not longer
    /// than `idle`.
    pub(crate) fn take(
        &self,
        destination: &Destination,
        idle: Duration,
        now: Duration,
    ) -> Option<(C, Duration)> {
        let waited = |since: Duration| now.saturating_sub(since);
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let list = waiting.get_mut(destination)?;
        list.retain(|(since, _)| waited(*since) < KEEP);
        while list.last().is_some_and(|(since, _)| waited(*since) < idle) {
            let (since, mut connection) = list.pop()?;
            if connection.is_quiet() {
                return Some((connection, waited(since)));
            }
        }
        None
    }

    /// Keeps a connection whose last answer was read to its end; one that says more than it was asked is not kept.
    pub(crate) fn give(&self, destination: &Destination, mut connection: C, now: Duration) {
        if !connection.is_quiet() {
            return;
        }
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|_, list| {
            list.retain(|(since, _)| now.saturating_sub(*since) < KEEP);
            !list.is_empty()
        });
        if idle.get(destination).is_some_and(|list| list.len() >= PER_DESTINATION) {
            return;
        }
        if idle.values().map(Vec::len).sum::<usize>() >= MOST {
            drop_oldest(&mut idle);
        }
        idle.entry(destination.clone()).or_default().push((now, connection));
    }

    /// Closes every connection that waits: the network they came about on is another one now.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How many wait.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn waiting(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().map(Vec::len).sum()
    }

    /// How many wait for that destination.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn waiting_for(&self, destination: &Destination) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(destination).map_or(0, Vec::len)
    }
}

/// Those of one destination wait in the order they came.
fn drop_oldest<C>(idle: &mut Idle<C>) {
    let first = |list: &Vec<(Duration, C)>| list.first().map(|(since, _)| *since);
    let longest =
        idle.iter().filter_map(|(place, list)| Some((first(list)?, place))).min_by_key(|(since, _)| *since);
    if let Some(place) = longest.map(|(_, place)| place.clone())
        && let Some(list) = idle.get_mut(&place)
    {
        list.remove(0);
    }
}
