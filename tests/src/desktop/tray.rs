//! Icons in the tray: status notifier items as their host finds them on the session bus.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::Desktop;
use super::accessible::Area;
use super::menu::Menu;

const INTERFACE: &str = "org.kde.StatusNotifierItem";

/// An item as it was when it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayItem {
    /// Its name on the bus.
    pub service: String,
    /// Its object there.
    pub path: String,
    /// Its `Id`, which never changes.
    pub id: String,
    /// Its `Title`.
    pub title: String,
    /// `Active`, `Passive` or `NeedsAttention`.
    pub status: String,
    /// The title of its tooltip.
    pub tooltip: String,
    /// The text below the title of its tooltip.
    pub tooltip_text: String,
    /// The name of its icon in the theme; empty if it brings pictures.
    pub icon_name: String,
    /// A number for the pictures of its icon: equal pictures, equal numbers; zero without pictures.
    pub icon: u64,
    /// The object of its menu.
    pub menu: String,
}

/// A button of the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// The one that activates.
    Left,
    /// The one for the item's second action.
    Middle,
    /// The one that opens the menu.
    Right,
}

impl Desktop<'_> {
    /// The items that are registered, oldest first; none without a panel.
    pub fn tray_items(&self) -> Vec<TrayItem> {
        let asked = self.bus(
            "get-property org.kde.StatusNotifierWatcher /StatusNotifierWatcher org.kde.StatusNotifierWatcher \
             RegisteredStatusNotifierItems",
        );
        let Ok(Value::Array(names)) = asked else { return Vec::new() };
        // One that has just gone is still registered for a moment.
        names.iter().filter_map(|name| self.tray_item(name.as_str()?)).collect()
    }

    /// Waits until there is an item, and returns the first.
    pub fn tray(&self) -> TrayItem {
        self.wait_for("there is an icon in the tray", || self.tray_items().into_iter().next())
    }

    /// Waits until an item is so, and returns it.
    pub fn wait_for_tray(&self, what: &str, is_so: impl Fn(&TrayItem) -> bool) -> TrayItem {
        self.wait_for(what, || self.tray_items().into_iter().find(|item| is_so(item)))
    }

    /// The item's menu as it is now.
    pub fn menu(&self, item: &TrayItem) -> Menu<'_> {
        Menu::read(self, &item.service, &item.menu)
    }

    /// What the host sends for a left click.
    pub fn activate(&self, item: &TrayItem) {
        let done = self.bus(&format!("call {} {} {INTERFACE} Activate ii 0 0", item.service, item.path));
        done.unwrap_or_else(|complaint| panic!("the item cannot be activated: {complaint}"));
    }

    /// Presses a button of the mouse on the icon in the panel, which must be the only one.
    pub fn click_tray(&self, button: Button) {
        self.press(self.tray_area(), button);
    }

    /// Where the panel shows the icon, as long as it is the only one.
    pub fn tray_area(&self) -> Area {
        self.settled("the tray shows one icon", || {
            // The tray is a window in the panel's window: a line, and a square for every icon.
            let found =
                self.run("xdotool search --onlyvisible --name '^wrapper-2.0$' getwindowgeometry --shell");
            let number =
                |name: &str| found.stdout.lines().find_map(|line| line.strip_prefix(name)?.parse().ok());
            let tray = Area {
                x: number("X=")?,
                y: number("Y=")?,
                width: number("WIDTH=")?,
                height: number("HEIGHT=")?,
            };
            let side = tray.height;
            let icon = Area { x: tray.x + tray.width - side, y: tray.y, width: side, height: side };
            (side..side * 2).contains(&tray.width).then_some(icon)
        })
    }

    fn tray_item(&self, name: &str) -> Option<TrayItem> {
        let (service, path) = name.split_at_checked(name.find('/')?)?;
        let asked =
            self.bus(&format!("call {service} {path} org.freedesktop.DBus.Properties GetAll s {INTERFACE}"));
        let properties = &asked.ok()?[0];
        let value = |name: &str| &properties[name]["data"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(TrayItem {
            service: service.to_owned(),
            path: path.to_owned(),
            id: text(value("Id")),
            title: text(value("Title")),
            status: text(value("Status")),
            tooltip: text(&value("ToolTip")[2]),
            tooltip_text: text(&value("ToolTip")[3]),
            icon_name: text(value("IconName")),
            icon: number(value("IconPixmap")),
            menu: text(value("Menu")),
        })
    }
}

fn number(pictures: &Value) -> u64 {
    if pictures.as_array().is_none_or(Vec::is_empty) {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    pictures.to_string().hash(&mut hasher);
    hasher.finish()
}
