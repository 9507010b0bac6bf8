//! How many connections each person may hold, so that nobody can lock the others out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use wire::{Code, Failure};

/// The connections of every person.
#[derive(Default)]
pub(super) struct Places(Mutex<HashMap<u32, usize>>);

/// One connection of a person; it is given back when dropped.
pub(super) struct Place {
    uid: u32,
    places: Arc<Places>,
}

/// More than a person's tray and terminals together.
const EACH: usize = 64;
const ROOT: u32 = 0;

impl Places {
    /// A place for one more connection of this person. Root has as many as it likes.
    pub(super) fn take(self: &Arc<Self>, uid: u32) -> Result<Place, Failure> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.entry(uid).or_default();
        if *own >= EACH && uid != ROOT {
            let message =
                format!("user {uid} holds {EACH} connections already, which is all one person gets");
            return Err(Failure::new(Code::NotAllowed, message).with_hint("Close some of them"));
        }
        *own += 1;
        Ok(Place { uid, places: Arc::clone(self) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = held.get_mut(&self.uid) {
            *own -= 1;
            if *own == 0 {
                held.remove(&self.uid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_so_many_places_and_takes_none_from_another() {
        let places = Arc::new(Places::default());
        let mut mine: Vec<Place> = (0..EACH).filter_map(|_| places.take(1000).ok()).collect();
        assert_eq!((mine.len(), places.take(1000).is_err()), (EACH, true));
        assert!(places.take(1001).is_ok());
        mine.pop();
        assert!(places.take(1000).is_ok());
        mine.clear();
        assert!(places.0.lock().unwrap().is_empty());
    }

    #[test]
    fn root_is_always_served() {
        let places = Arc::new(Places::default());
        let all: Vec<Place> = (0..EACH * 4).filter_map(|_| places.take(ROOT).ok()).collect();
        assert_eq!(all.len(), EACH * 4);
    }
}
