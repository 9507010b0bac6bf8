//! What one user may cost the gateway: connections at the fronts, and memory for what is read in passing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use host::{
    log::Seldom,
    quota::{Full, Limits, Quota, Share},
};

/// Limits on connections and memory, for each user and in all.
pub(crate) struct UserQuotas {
    connections: Arc<Quota>,
    memory: Arc<Quota>,
    refused: Seldom,
    unread: Seldom,
}

/// More than 40 images at a time, each with 6 layers.
const EACH: usize = 256;
const ALL: usize = 2048;
/// A connection has a descriptor for either end, and two pipes of two while bytes are moved without being looked at.
const DESCRIPTORS_EACH: usize = 6;
/// For the control socket with its 1,024 clients, connections to the steward, the journal and the files that are read.
const DESCRIPTORS_KEPT: usize = 2048;
/// Eight manifests as large as they come; usual ones have some 10 KB.
const MEMORY_EACH: usize = 32 * 1024 * 1024;
const MEMORY_ALL: usize = 128 * 1024 * 1024;
const LINE: Duration = Duration::from_secs(10);

impl UserQuotas {
    /// As many connections as the descriptors of this process allow.
    pub(crate) fn new() -> Self {
        Self::of(connections(host::quota::descriptors()))
    }

    fn of(connections: Limits) -> Self {
        let memory = Limits { each: MEMORY_EACH, all: MEMORY_ALL, for_root: MEMORY_ALL / 4 };
        Self {
            connections: Quota::new(connections),
            memory: Quota::new(memory),
            refused: Seldom::every(LINE),
            unread: Seldom::every(LINE),
        }
    }

    /// A place for one more connection of a user; none where there is none.
    pub(crate) fn acquire_connection(&self, uid: Option<u32>) -> Option<Share> {
        let full = match self.connections.take(uid, 1) {
            Ok(share) => return Some(share),
            Err(full) => full,
        };
        if let Some(more) = self.refused.is_due(Instant::now()) {
            let what = "connections to the fronts";
            tracing::warn!(?uid, more, "a connection was closed: {full} {what}");
        }
        None
    }

    /// Memory for what is read in passing for a user; it grows as that does.
    pub(crate) fn reserve_memory(self: &Arc<Self>, uid: Option<u32>) -> MemoryReservation {
        MemoryReservation { share: self.memory.take(uid, 0).ok(), quotas: Arc::clone(self) }
    }
}

/// A quarter of what the process may have is kept where that is little.
fn connections(descriptors: usize) -> Limits {
    let kept = DESCRIPTORS_KEPT.min(descriptors / 4);
    let all = (descriptors.saturating_sub(kept) / DESCRIPTORS_EACH).min(ALL);
    Limits { each: EACH.min(all / 4), all, for_root: all / 4 }
}

/// Memory for a body that is read in passing. What does not fit passes unread.
pub(crate) struct MemoryReservation {
    share: Option<Share>,
    quotas: Arc<UserQuotas>,
}

impl MemoryReservation {
    /// Takes so many bytes more, if the user and all together may have them.
    pub(crate) fn try_grow(&mut self, bytes: usize) -> bool {
        let grown = match &mut self.share {
            Some(share) => share.grow(bytes),
            None => Err(Full::All(MEMORY_ALL)),
        };
        if let Err(full) = grown
            && let Some(more) = self.quotas.unread.is_due(Instant::now())
        {
            tracing::warn!(more, "a manifest passes without being read: {full} bytes of manifests");
        }
        grown.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_never_use_up_the_descriptors() {
        for (descriptors, all) in [(65_536, 2048), (1500, 187), (1024, 128), (64, 8), (0, 0)] {
            let limits = connections(descriptors);
            assert_eq!(limits.all, all, "{descriptors}");
            assert!(limits.all * DESCRIPTORS_EACH <= descriptors, "{descriptors}");
            assert!(limits.each + limits.for_root <= limits.all, "{descriptors}");
        }
        assert_eq!(connections(usize::MAX), connections(65_536));
    }

    #[test]
    fn one_user_s_manifests_leave_room_for_those_of_others() {
        let quotas = Arc::new(UserQuotas::of(connections(65_536)));
        let mut mine: Vec<MemoryReservation> = (0..9).map(|_| quotas.reserve_memory(Some(1000))).collect();
        let read = mine
            .iter_mut()
            .filter_map(|reservation| reservation.try_grow(4 * 1024 * 1024).then_some(()))
            .count();
        assert_eq!(read, 8);
        assert!(
            quotas.reserve_memory(Some(1001)).try_grow(4 * 1024 * 1024)
                && quotas.reserve_memory(None).try_grow(1)
        );
        drop(mine);
        assert!(quotas.reserve_memory(Some(1000)).try_grow(MEMORY_EACH));
    }
}
