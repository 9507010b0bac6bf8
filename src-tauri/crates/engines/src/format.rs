//! How a file is compared and how our part is taken out of it again. Three texts meet: what the person had
//! (`original`), what we made of it (`written`), what is there (`current`). Only what we changed goes back.

use serde::{Deserialize, Serialize};

pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod toml;
pub(crate) mod yaml;

/// The shape of a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Format {
    Json,
    Toml,
    Yaml,
    Lines,
}

impl Format {
    /// Whether two texts mean the same to their reader.
    pub(crate) fn same(self, one: &[u8], other: &[u8]) -> bool {
        let (Ok(one_text), Ok(other_text)) = (std::str::from_utf8(one), std::str::from_utf8(other)) else {
            return one == other;
        };
        one == other
            || match self {
                Self::Json => json::same(one_text, other_text),
                Self::Toml => toml::same(one_text, other_text),
                Self::Yaml => yaml::same(one_text, other_text),
                Self::Lines => false,
            }
    }

    /// `current` without what we changed from `original` to `written`; `None` when nothing of the person's
    /// is left and there was no original.
    pub(crate) fn restore(self, current: &[u8], written: &[u8], original: Option<&[u8]>) -> Option<Vec<u8>> {
        let texts = (std::str::from_utf8(current), std::str::from_utf8(written));
        let original_text = original.map(std::str::from_utf8).transpose();
        let (Ok(current_text), Ok(written), Ok(original)) = (texts.0, texts.1, original_text) else {
            return Some(current.to_vec());
        };
        let restored = match self {
            Self::Json => json::restore(current_text, written, original),
            Self::Toml => toml::restore(current_text, written, original),
            Self::Yaml => yaml::restore(current_text, written, original),
            Self::Lines => Some(lines::restore(current_text, written, original)),
        };
        match restored {
            None => Some(current.to_vec()),
            Some(text) if original.is_none() && self.is_effectively_empty(&text) => None,
            Some(text) => Some(text.into_bytes()),
        }
    }

    fn is_effectively_empty(self, text: &str) -> bool {
        match self {
            Self::Json => json::is_effectively_empty(text),
            Self::Yaml => yaml::is_effectively_empty(text),
            Self::Toml | Self::Lines => text.lines().all(|line| line.trim().is_empty()),
        }
    }
}
