//! What one user may cost the gateway: connections at the fronts, and memory for what is read in passing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use host::{
    log::Seldom,
    quota::{Full, Limits, Quota, Share},
};

/// What is shared by all who use the fronts.
pub(crate) struct Shares {
    connections: Arc<Quota>,
    passing: Arc<Quota>,
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
const PASSING_EACH: usize = 32 * 1024 * 1024;
const PASSING_ALL: usize = 128 * 1024 * 1024;
const LINE: Duration = Duration::from_secs(10);

impl Shares {
    /// As many connections as the descriptors of this process allow.
    pub(crate) fn new() -> Self {
        Self::of(connections(host::quota::descriptors()))
    }

    fn of(connections: Limits) -> Self {
        let passing = Limits { each: PASSING_EACH, all: PASSING_ALL, for_root: PASSING_ALL / 4 };
        Self {
            connections: Quota::new(connections),
            passing: Quota::new(passing),
            refused: Seldom::every(LINE),
            unread: Seldom::every(LINE),
        }
    }

    /// A place for one more connection of a user; none where there is none.
    pub(crate) fn connection(&self, uid: Option<u32>) -> Option<Share> {
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

    /// Room for what is read in passing for a user; it grows as that does.
    pub(crate) fn passing(self: &Arc<Self>, uid: Option<u32>) -> Room {
        Room { share: self.passing.take(uid, 0).ok(), shares: Arc::clone(self) }
    }
}

/// A quarter of what the process may have is kept where that is little.
fn connections(descriptors: usize) -> Limits {
    let kept = DESCRIPTORS_KEPT.min(descriptors / 4);
    let all = (descriptors.saturating_sub(kept) / DESCRIPTORS_EACH).min(ALL);
    Limits { each: EACH.min(all / 4), all, for_root: all / 4 }
}

/// Room for a body that is read in passing. What does not fit passes unread.
pub(crate) struct Room {
    share: Option<Share>,
    shares: Arc<Shares>,
}

impl Room {
    /// Whether there is room for so many bytes more.
    pub(crate) fn has(&mut self, bytes: usize) -> bool {
        let grown = match &mut self.share {
            Some(share) => share.grow(bytes),
            None => Err(Full::All(PASSING_ALL)),
        };
        if let Err(full) = grown
            && let Some(more) = self.shares.unread.is_due(Instant::now())
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
        let shares = Arc::new(Shares::of(connections(65_536)));
        let mut mine: Vec<Room> = (0..9).map(|_| shares.passing(Some(1000))).collect();
        let read = mine.iter_mut().filter_map(|room| room.has(4 * 1024 * 1024).then_some(())).count();
        assert_eq!(read, 8);
        assert!(shares.passing(Some(1001)).has(4 * 1024 * 1024) && shares.passing(None).has(1));
        drop(mine);
        assert!(shares.passing(Some(1000)).has(PASSING_EACH));
    }
}
