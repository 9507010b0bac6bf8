//! When a blocked image is told of: at once, but never a flood. The same image is one notification with a count, and
//! images that are blocked soon after one another are one notification for them all.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::effect::Effect;
use crate::notice::{Button, Notice, NoticeKey, Urgency};
use crate::page::{Place, Tab};
use crate::text;

/// An image that is blocked so soon after another is told of together with it.
const TOGETHER: SignedDuration = SignedDuration::from_secs(10);
/// As many images are counted in one notification.
const COUNTED: usize = 10_000;
/// A notification that is visible already is updated this often at most.
const MIN_INTERVAL: SignedDuration = SignedDuration::from_secs(5);

/// What was told, and what is to be told.
#[derive(Debug, Default)]
pub(super) struct NotificationThrottle {
    /// The repository that was blocked last of those that were told of, and when.
    latest: Option<(Timestamp, String)>,
    visible: BTreeMap<NoticeKey, Timestamp>,
    pending: BTreeMap<NoticeKey, Notice>,
    /// A notification that another one now stands for.
    superseded: Vec<NoticeKey>,
    several: Vec<String>,
    several_at: Option<Timestamp>,
    several_grew: bool,
}

impl NotificationThrottle {
    /// An image was blocked.
    pub(super) fn blocked(&mut self, notice: Notice, now: Timestamp) {
        let NoticeKey::Blocked(repository) = &notice.key else { return };
        if self.several.contains(repository) {
            return;
        }
        if !self.visible.contains_key(&notice.key) && !self.pending.contains_key(&notice.key) {
            let before = self.latest.replace((now, repository.clone()));
            if let Some((at, first)) = before
                && now.duration_since(at) < TOGETHER
            {
                return self.join(first, repository.clone());
            }
        }
        self.pending.insert(notice.key.clone(), notice);
    }

    /// One notification stands for both, and for all that have joined already.
    fn join(&mut self, first: String, second: String) {
        if !self.several.contains(&first) {
            let key = NoticeKey::Blocked(first.clone());
            self.pending.remove(&key);
            if self.visible.remove(&key).is_some() {
                self.superseded.push(key);
            }
            self.several.push(first);
        }
        if self.several.len() < COUNTED && !self.several.contains(&second) {
            self.several.push(second);
        }
        self.several_grew = true;
    }

    /// The notification is no longer visible.
    pub(super) fn closed(&mut self, key: &NoticeKey) {
        self.visible.remove(key);
        if *key == NoticeKey::Several {
            self.several.clear();
            self.several_grew = false;
        }
    }

    /// What was to be told of this repository is not.
    pub(super) fn forget(&mut self, repository: &str) {
        self.pending.remove(&NoticeKey::Blocked(repository.to_owned()));
        self.latest.take_if(|(_, latest)| latest == repository);
    }

    /// What can be told now.
    pub(super) fn ready(&mut self, now: Timestamp) -> Vec<Effect> {
        let visible = &self.visible;
        let is_due = |key: &NoticeKey| visible.get(key).is_none_or(|&sent| now >= next_update(sent));
        let (due, pending): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.pending).into_iter().partition(|(key, _)| is_due(key));
        self.pending = pending;
        self.visible.extend(due.keys().map(|key| (key.clone(), now)));
        let mut ready: Vec<Effect> = due.into_values().map(Effect::Notify).collect();
        if self.several_grew && self.several_at.is_none_or(|sent| now >= next_update(sent)) {
            self.several_grew = false;
            self.several_at = Some(now);
            ready.push(Effect::Notify(self.several()));
        }
        ready.extend(std::mem::take(&mut self.superseded).into_iter().map(Effect::Withdraw));
        ready
    }

    /// When there will be something to tell.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let pending =
            self.pending.keys().filter_map(|key| self.visible.get(key)).map(|&sent| next_update(sent));
        let several = self.several_at.filter(|_| self.several_grew).map(next_update);
        pending.chain(several).min()
    }

    fn several(&self) -> Notice {
        Notice {
            key: NoticeKey::Several,
            title: text::several(self.several.len()),
            body: text::several_are(&self.several),
            buttons: vec![(text::SHOW.to_owned(), Button::Open(Place::of(Tab::Blocked)))],
            urgency: Urgency::Normal,
        }
    }
}

fn next_update(sent: Timestamp) -> Timestamp {
    sent.checked_add(MIN_INTERVAL).unwrap_or(sent)
}
