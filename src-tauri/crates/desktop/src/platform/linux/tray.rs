//! The icon and its menu: a StatusNotifierItem, there as soon as something on the desktop shows such items.

use ksni::menu::{MenuItem, StandardItem, SubMenu};
use ksni::{Handle, Icon, OfflineReason, Status, ToolTip, TrayMethods};
use tokio::sync::mpsc::UnboundedSender;

use crate::effect::Input;
use crate::gate::Gate;
use crate::icon;
use crate::menu::{Command, Row, TrayView};
use crate::page::{Place, Tab};

/// The icon, once it was shown.
pub(super) struct Tray {
    inputs: UnboundedSender<Input>,
    handle: Option<Handle<Item>>,
}

impl Tray {
    pub(super) fn new(inputs: UnboundedSender<Input>) -> Self {
        Self { inputs, handle: None }
    }

    pub(super) async fn show(&mut self, view: TrayView) {
        match &self.handle {
            Some(handle) => {
                handle.update(|item| item.turn_to(view)).await;
            }
            None => self.handle = self.appear(view).await,
        }
    }

    /// Waits for a place to be shown at, where there is none yet.
    async fn appear(&self, view: TrayView) -> Option<Handle<Item>> {
        let icons = icons(view.gate);
        let item = Item { view, icons, inputs: self.inputs.clone() };
        match item.assume_sni_available(true).spawn().await {
            Ok(handle) => Some(handle),
            Err(error) => {
                tracing::warn!(%error, "no icon can be shown");
                None
            }
        }
    }
}

struct Item {
    view: TrayView,
    icons: Vec<Icon>,
    inputs: UnboundedSender<Input>,
}

impl Item {
    fn turn_to(&mut self, view: TrayView) {
        if self.view.gate != view.gate {
            self.icons = icons(view.gate);
        }
        self.view = view;
    }

    fn choose(&self, command: Command) {
        let _ = self.inputs.send(Input::Chosen(command));
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "io.pullgate.Tray".to_owned()
    }

    fn title(&self) -> String {
        self.view.title.clone()
    }

    fn status(&self) -> Status {
        match self.view.gate {
            Gate::SignInNeeded | Gate::Attention | Gate::NotRunning => Status::NeedsAttention,
            Gate::Enforcing | Gate::NotEnforcing => Status::Active,
        }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        self.icons.clone()
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        self.icon_pixmap()
    }

    fn tool_tip(&self) -> ToolTip {
        let (title, description) = (self.view.title.clone(), self.view.tooltip.clone());
        ToolTip { icon_name: String::new(), icon_pixmap: Vec::new(), title, description }
    }

    fn watcher_online(&self) {
        let _ = self.inputs.send(Input::TrayAvailable(true));
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        let _ = self.inputs.send(Input::TrayAvailable(false));
        true
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.choose(Command::Open(Place::of(Tab::Status)));
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.view.rows.iter().map(item).collect()
    }
}

fn icons(gate: Gate) -> Vec<Icon> {
    let pixmaps = icon::SIZES.into_iter().filter_map(|size| icon::pixmap(gate, size));
    pixmaps.map(|pixmap| Icon { width: pixmap.width, height: pixmap.height, data: pixmap.argb }).collect()
}

fn item(row: &Row) -> MenuItem<Item> {
    match row {
        Row::Separator => MenuItem::Separator,
        Row::Group { label: text, rows } => {
            SubMenu { label: label(text), submenu: rows.iter().map(item).collect(), ..Default::default() }
                .into()
        }
        Row::Text(text) => StandardItem { label: label(text), enabled: false, ..Default::default() }.into(),
        Row::Choice { label: text, command } => {
            let command = command.clone();
            StandardItem {
                label: label(text),
                activate: Box::new(move |tray: &mut Item| tray.choose(command.clone())),
                ..Default::default()
            }
            .into()
        }
    }
}

/// In a menu's label a single underscore marks a key.
fn label(text: &str) -> String {
    text.replace('_', "__")
}
