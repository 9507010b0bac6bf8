//! Settings that whoever manages the machine put on it: files of root and folders of drop-ins beside them,
//! and what device management keeps in a place of the system's own. Gives documents in the order in which they
//! apply; what is in them is their reader's affair.

mod docker;
mod files;
#[cfg(any(target_os = "windows", test))]
mod registry;
#[cfg(target_os = "windows")]
mod windows;

use std::path::Path;

use serde_json::{Map, Value};

use crate::files::{OwnershipError, list_root_owned, read_root_owned};

pub use docker::{DockerBinding, docker_binding};
pub use files::places;

/// How firmly a value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// It holds until a locked value says otherwise.
    Default,
    /// The organization decided it.
    Locked,
}

/// What a place holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// The bytes of a TOML file.
    Toml(Vec<u8>),
    /// A tree of values of the system's own form. A number may stand for a flag, and a text for a number.
    Tree(Map<String, Value>),
}

/// The settings of one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// How firmly they hold.
    pub layer: Layer,
    /// The file, profile or key they come from.
    pub origin: String,
    /// What is in it.
    pub content: Content,
}

/// Settings that are there and cannot be trusted or read.
#[derive(Debug, thiserror::Error)]
pub enum ManagedError {
    /// A file or folder.
    #[error(transparent)]
    File(#[from] OwnershipError),
    /// A place of the system's own.
    #[error("`{origin}` cannot be read: {why}")]
    System {
        /// The place.
        origin: String,
        /// What is wrong with it.
        why: String,
    },
}

/// No document is longer, in bytes.
pub const LIMIT: u64 = 64 * 1024;

/// Every document of this machine whose main file is `main`, the weakest first: a later one overrules an
/// earlier one. One that is there and cannot be trusted makes all of them unusable.
pub fn documents(main: &Path) -> Result<Vec<Document>, ManagedError> {
    let mut documents = files::documents(main, &|path| read_root_owned(path, LIMIT), &list_root_owned)?;
    documents.extend(of_the_system()?);
    documents.sort_by_key(|document| document.layer);
    Ok(documents)
}

#[cfg(target_os = "macos")]
use macos::documents as of_the_system;
#[cfg(target_os = "windows")]
use windows::documents as of_the_system;

#[cfg(not(any(target_os = "macos", target_os = "windows")))]
#[expect(clippy::unnecessary_wraps, reason = "other systems have a place of their own, which can fail")]
fn of_the_system() -> Result<Vec<Document>, ManagedError> {
    Ok(Vec::new())
}

#[cfg(any(target_os = "macos", test))]
mod plist {
    //! Property lists, in the JSON that macOS turns them into.

    use serde_json::{Map, Value};

    /// The tree of a property list.
    pub(super) fn tree(json: &[u8]) -> Result<Map<String, Value>, String> {
        match serde_json::from_slice(json).map_err(|error| error.to_string())? {
            Value::Object(tree) => Ok(without_payload(tree)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err("it is not a dictionary".to_owned())
            }
        }
    }

    /// What a configuration profile says of itself is no setting.
    fn without_payload(tree: Map<String, Value>) -> Map<String, Value> {
        tree.into_iter().filter(|(key, _)| !key.starts_with("Payload")).collect()
    }

    #[cfg(test)]
    mod tests {
        use serde_json::json;

        use super::*;

        #[test]
        fn a_profile_is_a_tree_without_what_it_says_of_itself() {
            let json =
                br#"{"PayloadUUID":"1","organization":"acme","policy":{"keys":["ed25519:x"],"threshold":1},
                        "identity":{"required":true}}"#;
            let expected = json!({"organization": "acme", "policy": {"keys": ["ed25519:x"], "threshold": 1},
                              "identity": {"required": true}});
            assert_eq!(tree(json).map(Value::Object), Ok(expected));
        }

        #[test]
        fn anything_but_a_dictionary_is_refused() {
            assert_eq!(tree(b"[1]"), Err("it is not a dictionary".into()));
            assert!(tree(b"<plist>").is_err());
        }
    }
}

#[cfg(target_os = "macos")]
mod macos {
    //! What a configuration profile forces, and what the machine's preferences offer, on macOS.

    use std::io::Write;
    use std::path::Path;
    use std::process::{Command, Stdio};

    use serde_json::{Map, Value};

    use super::{Content, Document, LIMIT, Layer, ManagedError, plist};
    use crate::files::read_root_owned;

    const PLACES: [(Layer, &str); 2] = [
        (Layer::Default, "/Library/Preferences/io.pullgate.plist"),
        (Layer::Locked, "/Library/Managed Preferences/io.pullgate.plist"),
    ];

    /// The documents of both places.
    pub(super) fn documents() -> Result<Vec<Document>, ManagedError> {
        let mut documents = Vec::new();
        for (layer, place) in PLACES {
            let bytes = match read_root_owned(Path::new(place), LIMIT) {
                Ok(bytes) => bytes,
                Err(error) if error.is_absent() => continue,
                Err(error) => return Err(error.into()),
            };
            let tree = tree(&bytes).map_err(|why| ManagedError::System { origin: place.to_owned(), why })?;
            documents.push(Document { layer, origin: place.to_owned(), content: Content::Tree(tree) });
        }
        Ok(documents)
    }

    /// The tree of a property list of either form, text or binary.
    pub(super) fn tree(bytes: &[u8]) -> Result<Map<String, Value>, String> {
        plist::tree(&json(bytes).map_err(|error| error.to_string())?)
    }

    /// The system's own program reads both forms; it is given the bytes that were checked, not the path.
    fn json(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut child = Command::new("/usr/bin/plutil")
            .args(["-convert", "json", "-o", "-", "--", "-"])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // It writes only after it has read everything, so neither pipe can fill up while the other waits.
        if let Some(mut input) = child.stdin.take() {
            input.write_all(bytes)?;
        }
        Ok(child.wait_with_output()?.stdout)
    }
}
