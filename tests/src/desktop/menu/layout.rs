//! The tree that `com.canonical.dbusmenu.GetLayout` answers with, as `busctl` writes it in JSON.

use std::fmt;

use serde_json::Value;

/// A row of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number in the protocol.
    pub id: i64,
    /// What it says, as it is drawn: without the underscores that mark keys.
    pub label: String,
    /// Whether it can be pressed.
    pub enabled: bool,
    /// What it is.
    pub kind: Kind,
    /// The visible rows of its submenu.
    pub children: Vec<Row>,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something to press or to read.
    Plain,
    /// A line between groups of rows.
    Separator,
    /// A switch, on or off.
    Check(bool),
    /// One of a choice, chosen or not.
    Radio(bool),
    /// The door to more rows.
    Submenu,
}

impl Row {
    /// This row or the first below it that says exactly this.
    pub fn find(&self, label: &str) -> Option<&Self> {
        if self.label == label {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(label))
    }

    pub(super) fn draw(&self, depth: usize, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.kind {
            Kind::Plain => "",
            Kind::Separator => "────",
            Kind::Check(true) => "[x] ",
            Kind::Check(false) => "[ ] ",
            Kind::Radio(true) => "(o) ",
            Kind::Radio(false) => "( ) ",
            Kind::Submenu => "▸ ",
        };
        let (open, close) = if self.enabled { ("", "") } else { ("(", ")") };
        writeln!(formatter, "{:1$}{open}{mark}{2}{close}", "", depth * 4, self.label)?;
        self.children.iter().try_for_each(|child| child.draw(depth + 1, formatter))
    }
}

/// The visible rows below a node: `[id, properties, children]`.
pub(super) fn rows(node: &Value) -> Vec<Row> {
    let children = node[2].as_array().map(Vec::as_slice).unwrap_or_default();
    children.iter().map(|child| &child["data"]).filter(|child| is_visible(child)).map(row).collect()
}

fn is_visible(node: &Value) -> bool {
    node[1]["visible"]["data"] != Value::Bool(false)
}

fn row(node: &Value) -> Row {
    let property = |name: &str| &node[1][name]["data"];
    let is_on = property("toggle-state") == 1;
    let kind = match (property("type").as_str(), property("toggle-type").as_str()) {
        (Some("separator"), _) => Kind::Separator,
        (_, Some("checkmark")) => Kind::Check(is_on),
        (_, Some("radio")) => Kind::Radio(is_on),
        _ if property("children-display") == "submenu" => Kind::Submenu,
        _ => Kind::Plain,
    };
    Row {
        id: node[0].as_i64().unwrap_or_default(),
        label: drawn(property("label").as_str().unwrap_or_default()),
        enabled: property("enabled") != &Value::Bool(false),
        kind,
        children: rows(node),
    }
}

/// One underscore marks the next letter as a key, two are one underscore.
fn drawn(label: &str) -> String {
    label.replace("__", "\u{0}").replace('_', "").replace('\u{0}', "_")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Kind, Row, rows};

    #[test]
    fn a_layout_is_read_as_it_is_drawn() {
        let text = |text: &str| json!({ "type": "s", "data": text });
        let child = |id: i64, properties, children: Vec<serde_json::Value>| json!({ "type": "(ia{sv}av)", "data": [id, properties, children] });
        let tree = json!([0, { "children-display": text("submenu") }, [
            child(1, json!({ "label": text("_Open my__tool"), "enabled": { "type": "b", "data": false } }), vec![]),
            child(2, json!({ "type": text("separator") }), vec![]),
            child(3, json!({ "label": text("Hidden"), "visible": { "type": "b", "data": false } }), vec![]),
            child(4, json!({ "label": text("More"), "children-display": text("submenu") }), vec![
                child(5, json!({ "label": text("Tell me"), "toggle-type": text("checkmark"),
                    "toggle-state": { "type": "i", "data": 1 } }), vec![]),
            ]),
        ]]);
        let row = |id, label: &str, enabled, kind, children| Row {
            id,
            label: label.into(),
            enabled,
            kind,
            children,
        };
        let inner = row(5, "Tell me", true, Kind::Check(true), vec![]);
        assert_eq!(
            rows(&tree),
            [
                row(1, "Open my_tool", false, Kind::Plain, vec![]),
                row(2, "", true, Kind::Separator, vec![]),
                row(4, "More", true, Kind::Submenu, vec![inner]),
            ]
        );
    }
}
