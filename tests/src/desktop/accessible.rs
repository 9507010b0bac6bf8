//! What an assistive technology is told of a program's windows, and the mouse that presses what it finds there.

use serde_json::Value;

use super::tray::Button;
use super::{Desktop, quoted};

const WALK: &str = include_str!("accessible.sh");

/// A part of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// How deep it lies; zero is the program.
    pub depth: usize,
    /// What it is, such as `frame`, `button` or `label`.
    pub role: String,
    /// What it says.
    pub name: String,
    /// Where it is on the screen.
    pub area: Area,
}

/// A rectangle of the screen, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// The left edge.
    pub x: i32,
    /// The upper edge.
    pub y: i32,
    /// From left to right.
    pub width: i32,
    /// From top to bottom.
    pub height: i32,
}

impl Node {
    /// Whether it can be pressed.
    pub fn is_button(&self) -> bool {
        matches!(self.role.as_str(), "button" | "push button" | "toggle button")
    }
}

impl Area {
    /// Whether a mouse can reach it.
    pub fn is_on_screen(self) -> bool {
        self.width > 1 && self.height > 1 && (0..1280).contains(&self.x) && (0..800).contains(&self.y)
    }

    /// The point in its middle.
    pub fn middle(self) -> (i32, i32) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }
}

impl Desktop<'_> {
    /// All parts of the program's windows, each before what lies in it; none if no such program shows itself.
    pub fn accessible(&self, program: &str) -> Vec<Node> {
        let output = self.must(&format!("set -- {}\n{WALK}", quoted(program)));
        let lines: Vec<&str> = output.stdout.lines().collect();
        lines.chunks_exact(4).filter_map(node).collect()
    }

    /// Waits until the program shows a part of this role and name, and says where.
    pub fn find(&self, program: &str, role: &str, name: &str) -> Area {
        self.settled(&format!("`{program}` shows the {role} {name:?}"), || {
            let nodes = self.accessible(program);
            nodes.iter().find(|node| node.role == role && node.name == name).map(|node| node.area)
        })
    }

    /// Moves the mouse to the middle of an area and presses a button there.
    pub fn press(&self, area: Area, button: Button) {
        let (x, y) = area.middle();
        let button = match button {
            Button::Left => 1,
            Button::Middle => 2,
            Button::Right => 3,
        };
        self.must(&format!("xdotool mousemove {x} {y} click {button}"));
    }

    /// Moves the mouse to the middle of an area, for tooltips.
    pub fn point_at(&self, area: Area) {
        let (x, y) = area.middle();
        self.must(&format!("xdotool mousemove {x} {y}"));
    }

    /// Waits until an area is on the screen and was there a moment before, too: windows are placed after they are made.
    pub(super) fn settled(&self, what: &str, look: impl Fn() -> Option<Area>) -> Area {
        let mut before = None;
        self.wait_for(what, || {
            let now = look().filter(|area| area.is_on_screen());
            std::mem::replace(&mut before, now).filter(|_| before == now).filter(|area| Some(*area) == now)
        })
    }
}

/// Four lines: how deep, then name, role and area as `busctl` answers.
fn node(lines: &[&str]) -> Option<Node> {
    let data = |line: &str| serde_json::from_str::<Value>(line).map(|mut answer| answer["data"].take());
    let area = data(lines[3]).unwrap_or_default();
    let part = |index: usize| area[0][index].as_i64().and_then(|number| number.try_into().ok()).unwrap_or(-1);
    Some(Node {
        depth: lines[0].parse().ok()?,
        name: data(lines[1]).ok()?.as_str()?.to_owned(),
        role: data(lines[2]).ok()?[0].as_str()?.to_owned(),
        area: Area { x: part(0), y: part(1), width: part(2), height: part(3) },
    })
}
