//! JSON as engines read it, edited in place: order, comments, indentation and foreign keys stay.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use serde_json::{Map, Value};

const BOM: char = '\u{feff}';

/// A document that can be edited without touching the rest of it.
pub struct Document {
    bom: bool,
    root: CstRootNode,
    object: CstObject,
}

/// Why a text is not a document we may edit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The parser refuses it, in these words.
    #[error("it is not valid JSON: {0}")]
    Syntax(String),
    /// It is a list or a single value.
    #[error("its content is not a JSON object")]
    NotAnObject,
    /// This key of the outermost object is repeated.
    #[error("the key `{0}` stands there twice")]
    Twice(String),
    /// Its bytes are no text.
    #[error("it is not UTF-8 text")]
    Encoding,
}

impl Document {
    /// Reads a text; one without content counts as an empty object.
    pub fn parse(text: &str) -> Result<Self, Broken> {
        let bare = text.strip_prefix(BOM).unwrap_or(text);
        let root = CstRootNode::parse(bare, &options()).map_err(|e| Broken::Syntax(e.to_string()))?;
        let object = root.object_value_or_create().ok_or(Broken::NotAnObject)?;
        let document = Self { bom: bare.len() != text.len(), root, object };
        let mut names = Vec::new();
        for name in document.object.properties().iter().filter_map(|property| property.decoded_name()) {
            if names.contains(&name) {
                return Err(Broken::Twice(name));
            }
            names.push(name);
        }
        Ok(document)
    }

    /// The same for the bytes of a file.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Self, Broken> {
        Self::parse(std::str::from_utf8(bytes).map_err(|_| Broken::Encoding)?)
    }

    /// The outermost object as a value, without comments.
    pub fn value(&self) -> Map<String, Value> {
        match self.object.to_serde_value() {
            Some(Value::Object(map)) => map,
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_))
            | None => Map::new(),
        }
    }

    /// The outermost object, to be edited in place.
    pub fn object(&self) -> &CstObject {
        &self.object
    }

    /// The document as it is now.
    pub fn text(&self) -> String {
        let bom = if self.bom { BOM.to_string() } else { String::new() };
        format!("{bom}{}", self.root)
    }
}

/// Sets one key, in place when it is there, else as the last one.
pub fn set(object: &CstObject, key: &str, value: &Value) {
    match object.get(key) {
        Some(property) if property.value().and_then(|v| v.to_serde_value()).as_ref() == Some(value) => {}
        Some(property) => property.set_value(input(value)),
        None => drop(object.append(key, input(value))),
    }
}

pub(crate) fn same(one: &str, other: &str) -> bool {
    match (Document::parse(one), Document::parse(other)) {
        (Ok(one), Ok(other)) => one.value() == other.value(),
        (Err(_), _) | (_, Err(_)) => false,
    }
}

pub(crate) fn is_effectively_empty(text: &str) -> bool {
    let quiet = !text.contains("//") && !text.contains("/*");
    quiet && Document::parse(text).is_ok_and(|document| document.value().is_empty())
}

/// `None` when one of the texts cannot be read.
pub(crate) fn restore(current: &str, written: &str, original: Option<&str>) -> Option<String> {
    let document = Document::parse(current).ok()?;
    let written = Document::parse(written).ok()?.value();
    let original = Document::parse(original.unwrap_or_default()).ok()?.value();
    unset(&document.object, &written, &original);
    Some(document.text())
}

fn unset(current: &CstObject, written: &Map<String, Value>, original: &Map<String, Value>) {
    let mut is_ours = false;
    for (key, ours) in written.iter().filter(|(key, ours)| original.get(*key) != Some(ours)) {
        let Some(property) = current.get(key) else { continue };
        let there = property.value().and_then(|value| value.to_serde_value());
        if there.as_ref() == Some(ours) {
            is_ours = true;
            match original.get(key) {
                Some(before) => property.set_value(input(before)),
                None => property.remove(),
            }
        } else if let (Some(inner), Some(ours)) = (property.object_value(), ours.as_object()) {
            let nothing = Map::new();
            let before = original.get(key).and_then(Value::as_object);
            unset(&inner, ours, before.unwrap_or(&nothing));
            if before.is_none() && inner.properties().is_empty() {
                property.remove();
            }
        }
    }
    let removed = original.iter().filter(|(key, _)| !written.contains_key(*key));
    for (key, before) in removed.filter(|(key, _)| is_ours && current.get(key).is_none()) {
        current.append(key, input(before));
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(flag) => CstInputValue::Bool(*flag),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(map) => {
            CstInputValue::Object(map.iter().map(|(key, value)| (key.clone(), input(value))).collect())
        }
    }
}

/// Comments and trailing commas are the only freedom: what an engine takes beyond them is its own to judge.
fn options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_keys_go_back_when_the_person_edited_after_us() {
        let original = r#"{ "debug": true, "proxies": { "http-proxy": "http://corp:3128" } }"#;
        let written = r#"{ "debug": true, "proxies": { "http-proxy": "ours", "no-proxy": "x" } }"#;
        let current =
            r#"{ "debug": false, "proxies": { "http-proxy": "ours", "no-proxy": "theirs" } /* mine */ }"#;
        assert_eq!(
            restore(current, written, Some(original)).unwrap(),
            r#"{ "debug": false, "proxies": { "http-proxy": "http://corp:3128", "no-proxy": "theirs" } /* mine */ }"#
        );
    }

    #[test]
    fn an_object_that_was_only_ours_disappears_whole() {
        let written = r#"{"proxies":{"http-proxy":"ours"}}"#;
        assert_eq!(
            restore("{\"debug\":1,\"proxies\":{\"http-proxy\":\"ours\"}}", written, None).unwrap(),
            "{\"debug\":1}"
        );
    }

    #[test]
    fn texts_that_are_no_documents_say_where() {
        let problem = |text: &str| Document::parse(text).err().unwrap().to_string();
        insta::assert_snapshot!(
            [
                problem("{\n  \"debug\": true,\n  oops\n}"),
                problem("[]"),
                problem("{\"a\":1,\"a\":2}"),
                problem("{'a':1}"),
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_byte_order_mark_stays() {
        let document = Document::parse("\u{feff}{}\r\n").unwrap();
        set(document.object(), "debug", &Value::Bool(true));
        assert!(document.text().starts_with("\u{feff}{"));
        assert!(document.text().ends_with("}\r\n"));
    }
}
