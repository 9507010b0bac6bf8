//! Every notification that crossed the session bus, in order, and the real buttons that the daemon draws.

mod record;

use super::Desktop;
use super::accessible::Area;
use super::tray::Button;

pub use record::{Notification, Record, Urgency};

const LOG: &str = "recorder";

impl Desktop<'_> {
    /// All that was sent, withdrawn, pressed and closed since the desktop started.
    pub fn notifications(&self) -> Record {
        record::parse(&self.read(&format!("{LOG}.log")).unwrap_or_default())
    }

    /// Waits until such a notification was sent and, where there is a daemon, answered; returns the first.
    pub fn wait_for_notification(&self, what: &str, is_it: impl Fn(&Notification) -> bool) -> Notification {
        self.wait_for(what, || {
            self.notifications().sent.into_iter().find(|one| one.id.is_some() && is_it(one))
        })
    }

    /// Presses a button of the notification with this summary by the mouse.
    pub fn click_notification(&self, summary: &str, button: &str) {
        let area = self.notification_button(summary, button);
        self.press(area, Button::Left);
    }

    /// Where the daemon draws a button of the notification with this summary.
    pub fn notification_button(&self, summary: &str, button: &str) -> Area {
        self.settled(&format!("the notification {summary:?} has a button {button:?}"), || {
            let nodes = self.accessible("xfce4-notifyd");
            // Every notification is a window of its own, and its parts follow it.
            let mut windows = nodes.chunk_by(|_, next| next.role != "frame");
            let window = windows.find(|window| window.iter().any(|node| node.name == summary))?;
            let found = window.iter().find(|node| node.is_button() && node.name == button)?;
            Some(found.area)
        })
    }

    pub(super) fn start_recorder(&self) {
        const INTERFACE: &str = "org.freedesktop.Notifications";
        let matches = [
            format!("type=method_call,interface={INTERFACE}"),
            format!("type=method_return,sender={INTERFACE}"),
            format!("type=signal,interface={INTERFACE}"),
        ];
        let matches = matches.map(|rule| format!(" --match={rule}"));
        self.launch(LOG, &format!("busctl --user monitor --json=short{}", matches.concat()));
        self.wait_for("the recorder listens", || {
            self.must(&format!("busctl --user emit /recorder {INTERFACE} Listening"));
            self.read(&format!("{LOG}.log")).filter(|log| log.contains("Listening"))
        });
    }
}
