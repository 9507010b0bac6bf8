//! The blocked images that the menu can show, the latest first.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use policy::Entry;

use crate::notice::NoticeKey;

/// As many as are ever shown; the command line knows them all.
pub(super) const KEPT: u32 = 13;
/// Rows of the menu.
const SHOWN: usize = 3;

/// The latest denials, and those that nobody could be told of.
#[derive(Debug, Default)]
pub(super) struct Blocked {
    entries: Vec<Entry>,
    unseen: BTreeSet<String>,
}

impl Blocked {
    /// Adds entries, or their newer counts.
    pub(super) fn add(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            self.entries.retain(|known| known.verdict.id != entry.verdict.id);
            self.entries.push(entry);
        }
        self.entries.sort_by_key(|entry| std::cmp::Reverse(entry.last));
        self.entries.truncate(KEPT as usize);
        let kept: BTreeSet<&str> = self.entries.iter().map(|entry| entry.verdict.id.as_str()).collect();
        self.unseen.retain(|id| kept.contains(id.as_str()));
    }

    /// The notification could not be shown: its verdict stays in the menu until it is chosen there.
    pub(super) fn keep_in_sight(&mut self, key: &NoticeKey) {
        if let NoticeKey::Blocked(repository) = key {
            let of_it = |entry: &&Entry| entry.verdict.finding.image.repository_name() == *repository;
            let latest = self.entries.iter().find(of_it);
            self.unseen.extend(latest.map(|entry| entry.verdict.id.as_str().to_owned()));
        }
    }

    /// The person looked at it.
    pub(super) fn was_seen(&mut self, id: &str) {
        self.unseen.remove(id);
    }

    /// What the menu shows: the last three, and every one that could not be told.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Entry> {
        let unseen = |entry: &Entry| self.unseen.contains(entry.verdict.id.as_str());
        let numbered = self.entries.iter().enumerate();
        numbered.filter(move |(place, entry)| *place < SHOWN || unseen(entry)).map(|(_, entry)| entry)
    }

    /// When the times in the rows read otherwise.
    pub(super) fn changes_at(&self, now: Timestamp) -> Option<Timestamp> {
        let minute = |entry: &Entry| {
            let age = now.duration_since(entry.last).as_secs().max(0);
            now.checked_add(SignedDuration::from_secs(60 - age % 60)).ok()
        };
        self.rows().filter_map(minute).min()
    }
}
