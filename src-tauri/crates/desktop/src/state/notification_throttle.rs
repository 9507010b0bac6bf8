//! When a blocked image is told of: at once, but never a flood. The same image is one notification with a count, and
//! many images within a short time are one notification for them all.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::notice::{Notice, NoticeKey, Urgency};
use crate::text;

/// As many images are told one by one within [`BURST_SPAN`].
const BURST: usize = 3;
const BURST_SPAN: SignedDuration = SignedDuration::from_secs(10);
/// A notification that is visible already is updated this often at most.
const MIN_INTERVAL: SignedDuration = SignedDuration::from_secs(5);

/// What was told, and what is to be told.
#[derive(Debug, Default)]
pub(super) struct NotificationThrottle {
    sent: VecDeque<Timestamp>,
    visible: BTreeMap<NoticeKey, Timestamp>,
    pending: BTreeMap<NoticeKey, Notice>,
    coalesced: Vec<String>,
    coalesced_at: Option<Timestamp>,
    coalesced_grew: bool,
    silenced: BTreeSet<String>,
}

impl NotificationThrottle {
    /// An image was blocked.
    pub(super) fn blocked(&mut self, notice: Notice, now: Timestamp) {
        if let NoticeKey::Blocked(repository) = &notice.key {
            if self.silenced.contains(repository) || self.coalesced.contains(repository) {
                return;
            }
            let alone = self.visible.contains_key(&notice.key) || self.pending.contains_key(&notice.key);
            self.expire(now);
            if !alone && self.sent.len() >= BURST {
                self.coalesced.push(repository.clone());
                self.coalesced_grew = true;
                return;
            }
            if !alone {
                self.sent.push_back(now);
            }
        }
        self.pending.insert(notice.key.clone(), notice);
    }

    /// The notification is no longer visible.
    pub(super) fn closed(&mut self, key: &NoticeKey) {
        self.visible.remove(key);
        if *key == NoticeKey::Several {
            self.coalesced.clear();
            self.coalesced_grew = false;
        }
    }

    /// Nothing more about this repository.
    pub(super) fn silence(&mut self, repository: String) {
        self.pending.remove(&NoticeKey::Blocked(repository.clone()));
        self.silenced.insert(repository);
    }

    /// What can be told now.
    pub(super) fn ready(&mut self, now: Timestamp) -> Vec<Notice> {
        let visible = &self.visible;
        let is_due = |key: &NoticeKey| visible.get(key).is_none_or(|&sent| now >= next_update(sent));
        let (due, pending): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.pending).into_iter().partition(|(key, _)| is_due(key));
        self.pending = pending;
        self.visible.extend(due.keys().map(|key| (key.clone(), now)));
        let mut ready: Vec<Notice> = due.into_values().collect();
        if self.coalesced_grew && self.coalesced_at.is_none_or(|sent| now >= next_update(sent)) {
            self.coalesced_grew = false;
            self.coalesced_at = Some(now);
            ready.push(self.several());
        }
        ready
    }

    /// When there will be something to tell.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let pending =
            self.pending.keys().filter_map(|key| self.visible.get(key)).map(|&sent| next_update(sent));
        let coalesced = self.coalesced_at.filter(|_| self.coalesced_grew).map(next_update);
        pending.chain(coalesced).min()
    }

    fn several(&self) -> Notice {
        Notice {
            key: NoticeKey::Several,
            title: text::several(self.coalesced.len()),
            body: text::several_are(&self.coalesced),
            buttons: Vec::new(),
            urgency: Urgency::Normal,
        }
    }

    fn expire(&mut self, now: Timestamp) {
        while self.sent.front().is_some_and(|&sent| now.duration_since(sent) >= BURST_SPAN) {
            self.sent.pop_front();
        }
    }
}

fn next_update(sent: Timestamp) -> Timestamp {
    sent.checked_add(MIN_INTERVAL).unwrap_or(sent)
}
