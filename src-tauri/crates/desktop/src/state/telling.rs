//! When a blocked image is told of: at once, but never a flood. The same image is one notification with a count, and
//! many images within a short time are one notification for them all.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::notice::{Notice, NoticeKey, Urgency};
use crate::words;

/// As many images are told one by one within [`SPAN`].
const ONE_BY_ONE: usize = 3;
const SPAN: SignedDuration = SignedDuration::from_secs(10);
/// A notification that stands already is renewed this often at most.
const RENEWED: SignedDuration = SignedDuration::from_secs(5);

/// What was told, and what is to be told.
#[derive(Debug, Default)]
pub(super) struct Telling {
    told: VecDeque<Timestamp>,
    standing: BTreeMap<NoticeKey, Timestamp>,
    waiting: BTreeMap<NoticeKey, Notice>,
    crowd: Vec<String>,
    crowd_told: Option<Timestamp>,
    crowd_grew: bool,
    silent: BTreeSet<String>,
}

impl Telling {
    /// An image was blocked.
    pub(super) fn blocked(&mut self, notice: Notice, now: Timestamp) {
        if let NoticeKey::Blocked(repository) = &notice.key {
            if self.silent.contains(repository) || self.crowd.contains(repository) {
                return;
            }
            let alone = self.standing.contains_key(&notice.key) || self.waiting.contains_key(&notice.key);
            self.forget_before(now);
            if !alone && self.told.len() >= ONE_BY_ONE {
                self.crowd.push(repository.clone());
                self.crowd_grew = true;
                return;
            }
            if !alone {
                self.told.push_back(now);
            }
        }
        self.waiting.insert(notice.key.clone(), notice);
    }

    /// The notification does not stand any longer.
    pub(super) fn closed(&mut self, key: &NoticeKey) {
        self.standing.remove(key);
        if *key == NoticeKey::Several {
            self.crowd.clear();
            self.crowd_grew = false;
        }
    }

    /// Nothing more about this repository.
    pub(super) fn silence(&mut self, repository: String) {
        self.waiting.remove(&NoticeKey::Blocked(repository.clone()));
        self.silent.insert(repository);
    }

    /// What can be told now.
    pub(super) fn ready(&mut self, now: Timestamp) -> Vec<Notice> {
        let standing = &self.standing;
        let is_due = |key: &NoticeKey| standing.get(key).is_none_or(|&told| now >= later(told));
        let (due, waiting): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(key, _)| is_due(key));
        self.waiting = waiting;
        self.standing.extend(due.keys().map(|key| (key.clone(), now)));
        let mut ready: Vec<Notice> = due.into_values().collect();
        if self.crowd_grew && self.crowd_told.is_none_or(|told| now >= later(told)) {
            self.crowd_grew = false;
            self.crowd_told = Some(now);
            ready.push(self.several());
        }
        ready
    }

    /// When there will be something to tell.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let waiting = self.waiting.keys().filter_map(|key| self.standing.get(key)).map(|&told| later(told));
        let crowd = self.crowd_told.filter(|_| self.crowd_grew).map(later);
        waiting.chain(crowd).min()
    }

    fn several(&self) -> Notice {
        Notice {
            key: NoticeKey::Several,
            title: words::several(self.crowd.len()),
            body: words::several_are(&self.crowd),
            buttons: Vec::new(),
            urgency: Urgency::Normal,
        }
    }

    fn forget_before(&mut self, now: Timestamp) {
        while self.told.front().is_some_and(|&told| now.duration_since(told) >= SPAN) {
            self.told.pop_front();
        }
    }
}

fn later(told: Timestamp) -> Timestamp {
    told.checked_add(RENEWED).unwrap_or(told)
}
