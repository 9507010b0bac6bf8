//! How many connections each person may hold, so that nobody can lock the others out.

use std::sync::Arc;

use host::quota::{Full, Limits, Quota, Share};
use ipc::{Code, Failure};

/// The connections of every person.
#[derive(Clone)]
pub(super) struct Places(Arc<Quota>);

/// A person has more than a tray and terminals together. Each costs at most a request of 64 KiB and a page of an answer.
const LIMITS: Limits = Limits { each: 64, all: 1024, for_root: 256 };

impl Places {
    pub(super) fn new() -> Self {
        Self(Quota::new(LIMITS))
    }

    /// A place for one more connection of this person, which is given back when dropped.
    pub(super) fn take(&self, uid: u32) -> Result<Share, Failure> {
        self.0.take(Some(uid), 1).map_err(|full| {
            let message = match full {
                Full::Own(all) => {
                    format!("user {uid} holds {all} connections already, which is all one person gets")
                }
                Full::All(all) => {
                    format!("{all} connections are held already, which is all this machine gets")
                }
            };
            Failure::new(Code::NotAllowed, message).with_hint("Close some of them")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_so_many_places_and_takes_none_from_another() {
        let places = Places::new();
        let mut mine: Vec<Share> = (0..200).filter_map(|_| places.take(1000).ok()).collect();
        assert_eq!((mine.len(), places.take(1000).is_err()), (LIMITS.each, true));
        assert!(places.take(1001).is_ok());
        mine.pop();
        assert!(places.take(1000).is_ok());
    }

    #[test]
    fn root_is_served_whatever_all_others_hold() {
        let places = Places::new();
        let others = (1000..3000).flat_map(|uid| (0..LIMITS.each).map(move |_| uid));
        let held: Vec<Share> = others.filter_map(|uid| places.take(uid).ok()).collect();
        assert_eq!(held.len(), LIMITS.all - LIMITS.for_root);
        let root: Vec<Share> = (0..2000).filter_map(|_| places.take(0).ok()).collect();
        assert_eq!(root.len(), LIMITS.for_root);
    }
}
