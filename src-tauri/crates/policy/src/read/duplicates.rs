//! Refuses bytes that are not JSON, and objects that have a key twice: readers differ in which one they take.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::read::escaped;
use crate::refusal::Refusal;

/// Reads everything and keeps nothing.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
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
