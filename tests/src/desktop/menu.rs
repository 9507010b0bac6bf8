//! The menu of a tray icon, as its host reads it over the session bus, and pressing its rows.

mod layout;

use std::fmt;

use super::Desktop;

pub use layout::{Kind, Row};

const INTERFACE: &str = "com.canonical.dbusmenu";

/// A menu as it was when it was read.
#[derive(Clone, Debug)]
pub struct Menu<'a> {
    desktop: &'a Desktop<'a>,
    service: String,
    path: String,
    rows: Vec<Row>,
}

impl<'a> Menu<'a> {
    pub(super) fn read(desktop: &'a Desktop<'a>, service: &str, path: &str) -> Self {
        // Hosts announce that they will show the menu; who does not care may refuse.
        let _ = desktop.bus(&format!("call {service} {path} {INTERFACE} AboutToShow i 0"));
        let asked = desktop.bus(&format!("call {service} {path} {INTERFACE} GetLayout iias 0 -1 0"));
        let answer = asked.unwrap_or_else(|complaint| panic!("the menu cannot be read: {complaint}"));
        let rows = layout::rows(&answer[1]);
        Self { desktop, service: service.to_owned(), path: path.to_owned(), rows }
    }

    /// The visible rows from the top.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The first row that says exactly this, in whatever submenu.
    pub fn row(&self, label: &str) -> Option<&Row> {
        self.rows.iter().find_map(|row| row.find(label))
    }

    /// Presses the row that says exactly this, as a click in the panel's menu does.
    pub fn press(&self, label: &str) {
        let row = self.row(label).unwrap_or_else(|| panic!("the menu has no row {label:?}:\n{self}"));
        assert!(row.enabled, "the row {label:?} cannot be pressed:\n{self}");
        let (service, path, id) = (&self.service, &self.path, row.id);
        let done =
            self.desktop.bus(&format!("call {service} {path} {INTERFACE} Event isvu {id} clicked i 0 0"));
        done.unwrap_or_else(|complaint| panic!("the row {label:?} cannot be pressed: {complaint}"));
    }
}

/// The rows as a person sees them, a line each; those that cannot be pressed in parentheses.
impl fmt::Display for Menu<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.iter().try_for_each(|row| row.draw(0, formatter))
    }
}
