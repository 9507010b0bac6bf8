//! An icon in the tray with a menu, so that the laboratory proves its hands and eyes without the product.
//!
//! It says on its output what a person did.
#![expect(clippy::print_stdout, clippy::panic, reason = "this program talks to a test")]

use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Icon, MenuItem, Status, ToolTip, Tray, TrayMethods};

/// The side of the icon in pixels.
const SIDE: i32 = 22;

#[derive(Debug)]
struct Lamp {
    is_red: bool,
}

impl Tray for Lamp {
    fn id(&self) -> String {
        "lamp".to_owned()
    }

    fn title(&self) -> String {
        "Lamp".to_owned()
    }

    fn status(&self) -> Status {
        if self.is_red { Status::NeedsAttention } else { Status::Active }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        let color: [u8; 4] = if self.is_red { [255, 200, 0, 0] } else { [255, 0, 128, 0] };
        let pixels = usize::try_from(SIDE * SIDE).unwrap_or_default();
        vec![Icon { width: SIDE, height: SIDE, data: color.repeat(pixels) }]
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        self.icon_pixmap()
    }

    fn tool_tip(&self) -> ToolTip {
        let color = if self.is_red { "red" } else { "green" };
        ToolTip { title: "Lamp".to_owned(), description: format!("It is {color}"), ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        println!("activated");
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let say = |label: &str| StandardItem {
            label: label.to_owned(),
            activate: Box::new(|_: &mut Self| println!("opened")),
            ..StandardItem::default()
        };
        let red = CheckmarkItem {
            label: "Red".to_owned(),
            checked: self.is_red,
            activate: Box::new(|lamp: &mut Self| lamp.is_red = !lamp.is_red),
            ..CheckmarkItem::default()
        };
        let more = SubMenu {
            label: "More".to_owned(),
            submenu: vec![say("Open my__lamp").into()],
            ..SubMenu::default()
        };
        let status = StandardItem { enabled: false, ..say("The lamp is lit") };
        vec![status.into(), MenuItem::Separator, red.into(), more.into()]
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let shown = Lamp { is_red: false }.spawn().await;
    let _lamp = shown.unwrap_or_else(|error| panic!("there is no tray: {error}"));
    std::future::pending::<()>().await;
}
