//! Notifications as values.

use policy::VerdictId;

use crate::page::Place;
use crate::requests::AccessRequested;

/// Which notification: a newer one of the same key takes the place of the older.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKey {
    /// An image was blocked, by its repository.
    Blocked(String),
    /// More images were blocked than are told one by one.
    Several,
    /// Somebody has to sign in.
    SignIn,
    /// Another policy is in force.
    Policy,
    /// What was requested is allowed, by the image.
    Allowed(String),
    /// The desktop has no place for the icon.
    NoIcon,
    /// The answer to something the person asked for.
    Answer,
}

/// A button of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Button {
    /// Shows the verdict.
    Why(VerdictId),
    /// Opens the organization's form.
    RequestAccess {
        /// Its address.
        url: String,
        /// What it is about.
        request: AccessRequested,
    },
    /// Says no more about this repository until somebody unmutes it in the menu.
    Mute(String),
    /// Signs in with the browser.
    SignIn,
    /// Opens the window at a place.
    Open(Place),
}

/// How much a notification presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Good to know.
    Low,
    /// Something was stopped.
    Normal,
    /// Nothing works until somebody acts.
    Critical,
}

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which.
    pub key: NoticeKey,
    /// Its title.
    pub title: String,
    /// Its text, without markup.
    pub body: String,
    /// Its buttons with their labels.
    pub buttons: Vec<(String, Button)>,
    /// How much it presses.
    pub urgency: Urgency,
}
