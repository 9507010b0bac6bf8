//! Which notifications are visible, and what becomes of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::effect::Input;
use crate::notice::{Button, NoticeKey};

/// The action of a click on the notification itself.
const DEFAULT: &str = "default";

/// What is known of the notifications at the daemon.
pub(super) type VisibleNotices = Arc<Mutex<Record>>;

#[derive(Default)]
pub(super) struct Record {
    /// Those that are visible, by their number.
    pub(super) shown: HashMap<u32, (NoticeKey, Vec<Button>)>,
    /// What was heard of numbers that nobody has named yet: a person can be faster than the daemon's own answer.
    early: Vec<(u32, Option<String>)>,
}

/// As much is kept of what others' notifications do meanwhile.
const EARLY: usize = 16;

/// The daemon has named a notification; what became of it meanwhile, if anything did.
pub(super) fn on_shown(
    visible: &VisibleNotices,
    (id, replaced): (u32, u32),
    notice: (NoticeKey, Vec<Button>),
) -> Option<Input> {
    let mut record = visible.lock().unwrap_or_else(PoisonError::into_inner);
    record.shown.remove(&replaced);
    let early = std::mem::take(&mut record.early).into_iter().find(|(number, _)| *number == id);
    match early {
        Some((_, key)) => outcome(notice, key.as_deref()),
        None => {
            record.shown.insert(id, notice);
            None
        }
    }
}

/// A button was pressed, or without a key the notification was closed.
pub(super) fn on_signal(visible: &VisibleNotices, id: u32, key: Option<&str>) -> Option<Input> {
    let mut record = visible.lock().unwrap_or_else(PoisonError::into_inner);
    match record.shown.remove(&id) {
        Some(notice) => outcome(notice, key),
        None => {
            if record.early.len() == EARLY {
                record.early.remove(0);
            }
            record.early.push((id, key.map(str::to_owned)));
            None
        }
    }
}

fn outcome((notice, mut buttons): (NoticeKey, Vec<Button>), key: Option<&str>) -> Option<Input> {
    let Some(key) = key else { return Some(Input::Closed(notice)) };
    let place = if key == DEFAULT { 0 } else { key.parse().ok()? };
    (place < buttons.len()).then(|| Input::Pressed { key: notice, button: buttons.swap_remove(place) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> (NoticeKey, Vec<Button>) {
        (NoticeKey::SignIn, vec![Button::SignIn, Button::Mute("a/b".to_owned())])
    }

    #[test]
    fn a_button_is_found_again_by_its_key_once() {
        for (key, button) in
            [("1", Some(Button::Mute("a/b".to_owned()))), ("default", Some(Button::SignIn)), ("7", None)]
        {
            let visible = VisibleNotices::default();
            assert_eq!(on_shown(&visible, (4, 0), known()), None);
            let expected = button.map(|button| Input::Pressed { key: NoticeKey::SignIn, button });
            assert_eq!(on_signal(&visible, 4, Some(key)), expected);
            assert_eq!(on_signal(&visible, 4, Some(key)), None);
        }
    }

    #[test]
    fn a_person_who_is_faster_than_the_daemons_answer_is_heard() {
        let visible = VisibleNotices::default();
        assert_eq!(on_signal(&visible, 4, Some("0")), None);
        assert_eq!(on_signal(&visible, 4, None), None);
        let pressed = Input::Pressed { key: NoticeKey::SignIn, button: Button::SignIn };
        assert_eq!(on_shown(&visible, (4, 0), known()), Some(pressed));
        assert_eq!(on_shown(&visible, (5, 4), known()), None);
        assert_eq!(on_signal(&visible, 5, None), Some(Input::Closed(NoticeKey::SignIn)));
    }

    #[test]
    fn notifications_of_others_are_not_ours() {
        assert_eq!(on_signal(&VisibleNotices::default(), 9, None), None);
    }
}
