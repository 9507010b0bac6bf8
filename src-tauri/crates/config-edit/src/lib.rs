//! The configuration files of container engines as texts: read, edited so that every line of the person's stays, compared,
//! and given back. Text goes in and text comes out; where the files lie and who writes them is not known here.
//!
//! Three texts meet when a file is given back: what the person had (`original`), what we made of it (`written`), what is
//! there (`current`). Only what we changed goes back.

use serde::{Deserialize, Serialize};

pub mod containerd_toml;
pub mod daemon_json;
pub mod env_file;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod hosts_toml;
pub mod json;
pub mod lines;
pub mod pam_env;
pub mod policy_json;
pub mod registries_conf;
pub mod registries_d;
pub mod registries_yaml;
mod settings;
pub mod toml;
pub mod yaml;

pub use settings::{Proxies, Redirect};

/// The hosts without a proxy, in every file and environment of ours: a value that matches nothing. An empty one would
/// let `NO_PROXY` of the environment through.
pub const NO_PROXY: &str = "pullgate.invalid";

/// A registry as one path segment of the mirror front: `quay.io`, `registry.acme.example__5000`.
///
/// A colon is not valid inside a repository name, so a port is set off by two underscores, which no host
/// name has.
pub fn registry_path(registry: &str) -> String {
    match registry.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{host}__{port}")
        }
        Some(_) | None => registry.to_owned(),
    }
}

/// The shape of a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// An object of JSON, with comments.
    Json,
    /// TOML.
    Toml,
    /// Mappings of YAML.
    Yaml,
    /// A file that is ours as a whole.
    Lines,
}

impl Format {
    /// Whether two texts mean the same to their reader.
    pub fn same(self, one: &[u8], other: &[u8]) -> bool {
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
    pub fn restore(self, current: &[u8], written: &[u8], original: Option<&[u8]>) -> Option<Vec<u8>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_written_so_that_a_repository_name_can_hold_it() {
        assert_eq!(registry_path("quay.io"), "quay.io");
        assert_eq!(registry_path("registry.acme.example:5000"), "registry.acme.example__5000");
    }
}
