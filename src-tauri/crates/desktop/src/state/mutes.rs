//! Of which blocked images nothing is told: of single repositories until somebody unmutes them, and of all for an hour.

use jiff::{SignedDuration, Timestamp};

use crate::remembered::Remembered;

/// As many repositories can be muted; the one that was muted first gives way.
const MOST: usize = 200;
/// For so long all can be muted at a time.
const ALL: SignedDuration = SignedDuration::from_hours(1);

/// What is muted.
#[derive(Debug)]
pub(super) struct Mutes {
    repositories: Vec<String>,
    until: Option<Timestamp>,
}

impl Mutes {
    /// As it was kept.
    pub(super) fn of(remembered: &Remembered) -> Self {
        let mut mutes = Self { repositories: Vec::new(), until: remembered.muted_until };
        remembered.muted.iter().cloned().for_each(|repository| mutes.mute(repository));
        mutes
    }

    /// Whether nothing is told of this repository now.
    pub(super) fn is_muted(&self, repository: &str, now: Timestamp) -> bool {
        self.all_until(now).is_some() || self.repositories.iter().any(|one| one == repository)
    }

    /// Until when all are muted; a time that nobody can have chosen is none.
    pub(super) fn all_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| *until > now && until.duration_since(now) <= ALL)
    }

    /// The muted repositories, the latest first.
    pub(super) fn repositories(&self) -> impl ExactSizeIterator<Item = &String> {
        self.repositories.iter().rev()
    }

    /// Nothing more of this repository.
    pub(super) fn mute(&mut self, repository: String) {
        self.unmute(&repository);
        if self.repositories.len() == MOST {
            self.repositories.remove(0);
        }
        self.repositories.push(repository);
    }

    /// This repository is told of again.
    pub(super) fn unmute(&mut self, repository: &str) {
        self.repositories.retain(|one| one != repository);
    }

    /// Nothing of any for an hour.
    pub(super) fn mute_all(&mut self, now: Timestamp) {
        self.until = now.checked_add(ALL).ok();
    }

    /// All are told of again but those that are muted by themselves.
    pub(super) fn unmute_all(&mut self) {
        self.until = None;
    }

    /// What is kept of it.
    pub(super) fn keep(&self, remembered: &mut Remembered) {
        remembered.muted.clone_from(&self.repositories);
        remembered.muted_until = self.until;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_is_muted_is_bounded_and_the_first_gives_way() {
        let muted = (0..=MOST).map(|number| format!("user{number}/tool")).collect();
        let mut mutes = Mutes::of(&Remembered { muted, ..Remembered::default() });
        assert_eq!(mutes.repositories().len(), MOST);
        assert!(!mutes.is_muted("user0/tool", at(0)) && mutes.is_muted("user1/tool", at(0)));
        mutes.mute("user1/tool".to_owned());
        assert_eq!(mutes.repositories().next().map(String::as_str), Some("user1/tool"));
        assert_eq!(mutes.repositories().len(), MOST);
    }

    #[test]
    fn all_are_muted_for_an_hour_and_never_for_longer() {
        let mut mutes = Mutes::of(&Remembered::default());
        mutes.mute_all(at(0));
        assert!(mutes.is_muted("any/tool", at(3599)) && !mutes.is_muted("any/tool", at(3600)));
        let muted_until = Some(at(10_000_000));
        let mutes = Mutes::of(&Remembered { muted_until, ..Remembered::default() });
        assert!(!mutes.is_muted("any/tool", at(0)), "a file that names another century");
    }
}
