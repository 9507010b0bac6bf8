//! What group policy forces, and what the machine's own settings offer, on Windows. Both keys are below
//! `HKEY_LOCAL_MACHINE`, where only administrators and the system write.

use serde_json::{Map, Value};
use windows_registry::{Key, LOCAL_MACHINE, Type};

use super::registry::{self, Data, Entry};
use super::{Content, Document, Layer, ManagedError};

const PLACES: [(Layer, &str); 2] =
    [(Layer::Default, r"SOFTWARE\Pullgate"), (Layer::Locked, r"SOFTWARE\Policies\Pullgate")];

/// `ERROR_FILE_NOT_FOUND` as an `HRESULT`: 0x80070002.
const ABSENT: i32 = -2_147_024_894;
/// Settings have two tables below each other at most.
const DEEPEST: usize = 4;

/// The documents of both keys.
pub(super) fn documents() -> Result<Vec<Document>, ManagedError> {
    let mut documents = Vec::new();
    for (layer, place) in PLACES {
        let origin = format!(r"HKLM\{place}");
        let read = tree(place).map_err(|why| ManagedError::System { origin: origin.clone(), why })?;
        if let Some(tree) = read.filter(|tree| !tree.is_empty()) {
            documents.push(Document { layer, origin, content: Content::Tree(tree) });
        }
    }
    Ok(documents)
}

/// The tree below a key of the machine; none when there is no such key.
pub(super) fn tree(place: &str) -> Result<Option<Map<String, Value>>, String> {
    let key = match LOCAL_MACHINE.open(place) {
        Ok(key) => key,
        Err(error) if error.code().0 == ABSENT => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut entries = Vec::new();
    walk(&key, &mut Vec::new(), &mut entries)?;
    registry::tree(entries).map(Some)
}

fn said(error: impl ToString) -> String {
    error.to_string()
}

fn walk(key: &Key, above: &mut Vec<String>, entries: &mut Vec<Entry>) -> Result<(), String> {
    for (name, value) in key.values().map_err(said)? {
        let data = match value.ty() {
            Type::String | Type::ExpandString => Data::Text(value.try_into().map_err(said)?),
            Type::U32 => Data::Number(u32::try_from(value).map_err(said)?.into()),
            Type::U64 => Data::Number(value.try_into().map_err(said)?),
            Type::MultiString => Data::Texts(value.try_into().map_err(said)?),
            Type::Bytes | Type::Other(_) => return Err(format!("`{name}` has a type that no setting has")),
        };
        entries.push((above.clone(), name, data));
    }
    for name in key.keys().map_err(said)? {
        if above.len() == DEEPEST {
            return Err(format!("`{name}` lies too deep"));
        }
        above.push(name.clone());
        walk(&key.open(&name).map_err(said)?, above, entries)?;
        above.pop();
    }
    Ok(())
}
