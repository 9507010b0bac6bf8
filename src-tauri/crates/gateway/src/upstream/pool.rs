//! Connections to registries that wait for their next request.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::Destination;
use crate::http::Connection;

/// Idle connections, by destination.
#[derive(Default)]
pub(crate) struct Pool(Mutex<HashMap<Destination, Vec<(Instant, Connection)>>>);

/// Most registries close an idle connection after 60 s or later.
const KEEP: Duration = Duration::from_secs(50);
const PER_DESTINATION: usize = 8;

impl Pool {
    /// A connection that was not closed meanwhile, as far as this side knows.
    pub(crate) fn take(&self, destination: &Destination) -> Option<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let list = idle.get_mut(destination)?;
        list.retain(|(since, _)| since.elapsed() < KEEP);
        while let Some((_, mut connection)) = list.pop() {
            if connection.is_quiet() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose last answer was read to its end; one that says more than it was asked is not kept.
    pub(crate) fn give(&self, destination: &Destination, mut connection: Connection) {
        if !connection.is_quiet() {
            return;
        }
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|_, list| {
            list.retain(|(since, _)| since.elapsed() < KEEP);
            !list.is_empty()
        });
        let list = idle.entry(destination.clone()).or_default();
        if list.len() < PER_DESTINATION {
            list.push((Instant::now(), connection));
        }
    }
}
