//! The tray's view: icon, tooltip and menu as one value.

use crate::gate::Gate;
use crate::page::Place;

/// Everything of the tray that can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayView {
    /// The icon.
    pub gate: Gate,
    /// The tooltip's first line.
    pub title: String,
    /// The tooltip's text.
    pub tooltip: String,
    /// The menu, from top to bottom.
    pub rows: Vec<Row>,
}

/// A row of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Words that cannot be chosen.
    Text(String),
    /// Something to choose.
    Choice {
        /// Its words.
        label: String,
        /// What it does.
        command: Command,
    },
    /// Rows that open beside this one.
    Group {
        /// Its words.
        label: String,
        /// What opens.
        rows: Vec<Row>,
    },
    /// A line between groups.
    Separator,
}

/// What can be chosen in the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Signs in with the browser.
    SignIn,
    /// Ends the session.
    SignOut,
    /// Opens the window at a place; a left click on the icon opens it at the status.
    Open(Place),
    /// Asks the engines whether they are routed.
    CheckAgain,
    /// Tells of this repository's blocked images again.
    Unmute(String),
    /// Tells of no blocked image for an hour.
    MuteAll,
    /// Tells of blocked images again before that hour is over.
    UnmuteAll,
    /// Ends the tray.
    Quit,
}
