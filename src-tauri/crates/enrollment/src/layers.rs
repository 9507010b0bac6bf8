//! Documents laid over each other: the later one wins, key by key; a list is replaced as a whole.

use std::collections::BTreeMap;

use host::managed::{Content, Document, Layer};
use serde_json::Value;

use super::document::{self, Rules, Said, Values};
use super::{EnrollmentError, value};

/// A value, and who said it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) value: Value,
    pub(super) layer: Layer,
    pub(super) origin: String,
    /// Where in the document, if it is a text.
    pub(super) at: Option<String>,
}

/// The values that hold.
pub(super) struct Merged {
    values: BTreeMap<String, Placed>,
    main: String,
}

/// Lays documents over each other, the weakest first. `main` is the origin of the main file.
pub(super) fn merge(documents: Vec<Document>, main: &str) -> Result<Merged, EnrollmentError> {
    let mut merged = Merged { values: BTreeMap::new(), main: main.to_owned() };
    for Document { layer, origin, content } in documents {
        let values = values(&content, layer == Layer::Default).map_err(|problem| {
            let origin = (origin != main).then(|| origin.clone());
            EnrollmentError::Syntax { origin, problem }
        })?;
        for (key, Said { value, at }) in values {
            merged.values.insert(key, Placed { value, layer, origin: origin.clone(), at });
        }
    }
    Ok(merged)
}

fn values(content: &Content, default: bool) -> Result<Values, String> {
    match content {
        Content::Toml(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
            document::of_toml(text, default)
        }
        Content::Tree(tree) => {
            document::of_tree(tree, Rules { default, loose: true }).map_err(document::Flaw::sentence)
        }
    }
}

impl Merged {
    /// Every value by key.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Placed)> {
        self.values.iter()
    }

    /// Whether anything of a section is said.
    pub(super) fn has_section(&self, section: &str) -> bool {
        let prefix = format!("{section}.");
        self.values.keys().any(|key| key.starts_with(&prefix))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key).map(|placed| &placed.value)
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// A text that must be there.
    pub(super) fn required_text(&self, key: &str, otherwise: &str) -> Result<&str, EnrollmentError> {
        self.text(key).ok_or_else(|| value(key, &format!("is missing; {otherwise}")))
    }

    /// A list of texts; none where it is not said.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<String>> {
        let items = self.get(key)?.as_array()?;
        Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// A list of numbers; empty where it is not said.
    pub(super) fn counts(&self, key: &str) -> Vec<u64> {
        let items = self.get(key).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_u64).collect()
    }

    /// The texts of a table by their names; none where it is not said.
    pub(super) fn named(&self, key: &str) -> Option<BTreeMap<String, String>> {
        let table = self.get(key)?.as_object()?;
        let texts = table.iter().filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())));
        Some(texts.collect())
    }

    /// Where a key stands in its document.
    pub(super) fn place(&self, key: &str) -> Option<String> {
        self.values.get(key).and_then(|placed| placed.at.clone())
    }

    /// The document that says a key, where that is not the main file. A section stands for its first key.
    pub(super) fn origin_beside_main(&self, key: &str) -> Option<String> {
        let below = format!("{key}.");
        let said = |found: &&String| *found == key || found.starts_with(&below);
        let placed = self.values.iter().find(|(found, _)| said(found)).map(|(_, placed)| placed);
        placed.map(|placed| placed.origin.clone()).filter(|origin| *origin != self.main)
    }
}
