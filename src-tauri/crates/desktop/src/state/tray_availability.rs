//! Where a desktop shows no icons of programs, people are told once how to reach the window all the same.

use jiff::{SignedDuration, Timestamp};

use crate::notice::{Button, Notice, NoticeKey, Urgency};
use crate::page::{Place, Tab};
use crate::text;

/// A panel may start later than the tray, or start anew; only after this long there is none.
const GRACE_PERIOD: SignedDuration = SignedDuration::from_secs(60);

/// Whether the desktop has a place for the icon.
#[derive(Debug)]
pub(super) struct TrayAvailability {
    missing_since: Option<Timestamp>,
    was_notified: bool,
}

impl TrayAvailability {
    /// There is one until the desktop says otherwise.
    pub(super) fn new(was_notified: bool) -> Self {
        Self { missing_since: None, was_notified }
    }

    /// The desktop says so.
    pub(super) fn set_available(&mut self, available: bool, now: Timestamp) {
        self.missing_since = if available { None } else { self.missing_since.or(Some(now)) };
    }

    /// Whether it was told, now or before.
    pub(super) fn was_notified(&self) -> bool {
        self.was_notified
    }

    /// When it has to be told at the latest.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let since = self.missing_since.filter(|_| !self.was_notified)?;
        since.checked_add(GRACE_PERIOD).ok()
    }

    /// What is told now, if anything; it is told once.
    pub(super) fn ready(&mut self, now: Timestamp) -> Option<Notice> {
        if self.due().is_none_or(|due| now < due) {
            return None;
        }
        self.was_notified = true;
        Some(Notice {
            key: NoticeKey::NoIcon,
            title: text::NO_ICON.to_owned(),
            body: text::NO_ICON_BUT.to_owned(),
            buttons: vec![(text::OPEN.to_owned(), Button::Open(Place::of(Tab::Status)))],
            urgency: Urgency::Low,
        })
    }
}
