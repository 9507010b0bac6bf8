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
