//! Reads a document from hostile bytes: its size, its syntax, no key twice, a version that is known, and every
//! key accounted for. Each refusal names the place.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::document::{SchemaVersion, readable};
use crate::refusal::Refusal;

/// The most bytes that a document may have.
pub(crate) const LIMIT: usize = 16 * 1024 * 1024;

/// A document and what reading it showed.
#[derive(Debug)]
pub struct Read<T> {
    /// The document.
    pub value: T,
    /// Whether it is of a later minor version than the known one.
    pub newer: bool,
}

/// Reads a document of at most 16 MiB whose `schema` is of the known major version.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<Read<T>, Refusal> {
    if bytes.len() > LIMIT {
        return Err(Refusal::TooLarge { bytes: bytes.len(), limit: LIMIT });
    }
    check_keys(bytes)?;
    let newer = version(bytes)? > SchemaVersion::KNOWN;
    let mut unknown: Vec<String> = Vec::new();
    let value = typed(bytes, |path| unknown.push(path))?;
    match unknown.into_iter().next() {
        Some(path) if !newer => Err(Refusal::at(
            path,
            "unknown key; correct its spelling, or begin it with `x-` to keep it as a note",
        )),
        Some(_) | None => Ok(Read { value, newer }),
    }
}

/// Reads at most `limit` bytes of a document of somebody else's format: keys that are not known are left aside.
pub fn read_foreign<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, Refusal> {
    if bytes.len() > limit {
        return Err(Refusal::TooLarge { bytes: bytes.len(), limit });
    }
    check_keys(bytes)?;
    typed(bytes, |_| ())
}

#[derive(Deserialize)]
struct Versioned {
    schema: Option<SchemaVersion>,
}

fn version(bytes: &[u8]) -> Result<SchemaVersion, Refusal> {
    let versioned: Versioned = typed(bytes, |_| ())?;
    let Some(found) = versioned.schema else {
        return Err(Refusal::at(
            "/schema",
            format!("missing; write `\"schema\": \"{}\"`", SchemaVersion::KNOWN),
        ));
    };
    let known = SchemaVersion::KNOWN;
    if found.major > known.major {
        return Err(Refusal::NewerMajor { found: found.to_string(), known: known.to_string() });
    }
    if found.major < known.major {
        return Err(Refusal::at("/schema", format!("there is no version {found}; write `\"{known}\"`")));
    }
    Ok(found)
}

fn typed<T: DeserializeOwned>(bytes: &[u8], mut unknown: impl FnMut(String)) -> Result<T, Refusal> {
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let read = serde_ignored::deserialize(&mut source, |path| {
        if !is_note(&path) {
            unknown(pointer_of_ignored(&path));
        }
    });
    read.map_err(|error| misfit::<T>(bytes, &error))
}

/// Where and how bytes do not fit. Good ones do not pay for keeping track of the place.
fn misfit<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Refusal {
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut source, &mut track);
    let placed = T::deserialize(tracked).err();
    let path = pointer(&track.path());
    let problem = problem(&path, placed.as_ref().unwrap_or(error));
    Refusal::at(path, problem)
}

fn problem(path: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let text = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_time = matches!(last, "issued" | "staleAfter" | "expires" | "asOf" | "since");
    let advice = if is_time { "; write a time such as `2026-11-22T06:00:00Z`" } else { "" };
    format!("{}{advice} (line {line}, column {column})", readable(text))
}

fn is_note(path: &serde_ignored::Path<'_>) -> bool {
    use serde_ignored::Path;
    match path {
        Path::Map { key, .. } => key.starts_with("x-"),
        Path::Root
        | Path::Seq { .. }
        | Path::Some { .. }
        | Path::NewtypeStruct { .. }
        | Path::NewtypeVariant { .. } => false,
    }
}

fn pointer_of_ignored(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}/{index}", pointer_of_ignored(parent)),
        Path::Map { parent, key } => format!("{}/{}", pointer_of_ignored(parent), escaped(key)),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            pointer_of_ignored(parent)
        }
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let parts = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", escaped(key))),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    let pointer: String = parts.collect();
    if pointer.is_empty() { "/".to_owned() } else { pointer }
}

/// A key inside a JSON pointer.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Refuses bytes that are not JSON, and objects that have a key twice: readers differ in which one they take. Reads
/// everything and keeps nothing.
fn check_keys(bytes: &[u8]) -> Result<(), Refusal> {
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let mut twice = None;
    let place = Place { trail: &Trail::Root, twice: &mut twice };
    let read = place.deserialize(&mut source).and_then(|()| source.end());
    match (twice, read) {
        (Some(path), Ok(()) | Err(_)) => Err(Refusal::at(
            path,
            "this key is there twice; keep one, since readers differ in which one holds",
        )),
        (None, Err(error)) => Err(syntax(&error)),
        (None, Ok(())) => Ok(()),
    }
}

fn syntax(error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    Refusal::Syntax { line: error.line(), column: error.column(), problem: problem.to_owned() }
}

struct Place<'a> {
    trail: &'a Trail<'a>,
    twice: &'a mut Option<String>,
}

/// The way to a value, written out only where it is needed: documents have hundreds of thousands of them.
enum Trail<'a> {
    Root,
    Item(&'a Trail<'a>, usize),
    Key(&'a Trail<'a>, &'a str),
}

impl Trail<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Item(parent, index) => format!("{}/{index}", parent.pointer()),
            Self::Key(parent, key) => format!("{}/{}", parent.pointer(), escaped(key)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        loop {
            let place = Place { trail: &Trail::Item(self.trail, index), twice: self.twice };
            if list.next_element_seed(place)?.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = object.next_key::<String>()? {
            let trail = Trail::Key(self.trail, &key);
            if seen.contains(&key) {
                object.next_value::<IgnoredAny>()?;
                *self.twice = Some(trail.pointer());
                return Err(A::Error::custom("a key is there twice"));
            }
            object.next_value_seed(Place { trail: &trail, twice: self.twice })?;
            seen.insert(key);
        }
        Ok(())
    }
}
