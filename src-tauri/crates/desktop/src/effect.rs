//! What happens to the tray, and what it wants done: the two sides of its pure state.

use jiff::Timestamp;
use wire::{Request, Response};

use crate::menu::{Command, TrayView};
use crate::notice::{Button, Notice, NoticeKey};
use crate::page::Place;
use crate::remembered::Remembered;
use crate::requests::AccessRequested;

/// Something that happened to the tray.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The connection to the service.
    Service(ServiceEvent),
    /// A row of the menu was chosen.
    Chosen(Command),
    /// A button of a notification was pressed; the notification is gone.
    Pressed {
        /// Which notification.
        key: NoticeKey,
        /// Which button.
        button: Button,
    },
    /// A notification was closed by the person or by its time.
    Closed(NoticeKey),
    /// A notification could not be shown.
    NotShown(NoticeKey),
    /// Whether the desktop has a place for the icon.
    TrayAvailable(bool),
    /// What the person has requested access to, as it is kept.
    Requests(Vec<AccessRequested>),
    /// Time has passed; wanted at [`State::due`](crate::State::due).
    Tick,
}

/// What came over the connection to the service.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceEvent {
    /// Both sides have said hello, and the tray watches.
    Connected,
    /// There is no connection, or no longer; another attempt follows by itself.
    Disconnected(Disconnect),
    /// The service said this: an event, or the answer to an [`Effect::Ask`].
    Message(Box<Response>),
}

/// Why there is no connection to the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disconnect {
    /// Nothing listens.
    NotRunning,
    /// The two versions have no protocol in common.
    Disagreement {
        /// In words.
        sentence: String,
    },
    /// Anything else.
    Broken {
        /// In words.
        sentence: String,
    },
}

/// What the tray wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Icon, tooltip and menu shall be this.
    Show(TrayView),
    /// A notification shall be shown; one of the same key is replaced.
    Notify(Notice),
    /// A notification has become pointless.
    Withdraw(NoticeKey),
    /// A page shall open in the person's browser.
    Browse(String),
    /// The service shall be asked this, on a connection of its own; every answer comes back as [`ServiceEvent::Message`].
    Ask(Request),
    /// The window shall be open at this place; where there is none, a terminal shows what `pullgate` says of it.
    Window(Place),
    /// This is known from now on, also after the next start.
    Persist(Remembered),
    /// The person has requested access to this.
    KeepRequest(AccessRequested),
    /// What was requested is allowed.
    AllowRequest {
        /// The id of the verdict that it was about.
        id: String,
        /// Since when, as far as is known.
        at: Timestamp,
    },
    /// What the person has requested is wanted, as [`Input::Requests`]; the window keeps requests, too.
    RecallRequests,
    /// The tray ends; enforcement goes on.
    Quit,
}
