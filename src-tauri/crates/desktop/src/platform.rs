//! What the tray needs of a desktop.

#[cfg(target_os = "linux")]
mod linux;
mod window;

use crate::menu::TrayView;
use crate::notice::{Notice, NoticeKey};
use crate::page::Place;

#[cfg(target_os = "linux")]
pub use linux::{Absence, LinuxDesktop, Start};

/// A desktop that can show what the state wants shown. Nothing here waits for a person.
pub trait Desktop {
    /// Shows icon, tooltip and menu.
    fn show(&mut self, view: TrayView) -> impl Future<Output = ()>;

    /// Shows a notification in the place of an earlier one of the same key; tells whether somebody takes it.
    fn notify(&mut self, notice: Notice) -> impl Future<Output = bool>;

    /// Takes a notification back.
    fn withdraw(&mut self, key: NoticeKey) -> impl Future<Output = ()>;

    /// Opens a page in the person's browser.
    fn browse(&mut self, url: &str);

    /// Has the window open at a place; tells whether there can be one.
    fn window(&mut self, place: &Place) -> impl Future<Output = bool>;

    /// Runs `pullgate` with these words in a terminal; tells whether there is one.
    fn terminal(&mut self, words: &[String]) -> bool;
}
