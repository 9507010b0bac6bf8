//! Words of the policy's vocabulary. A later minor version may bring words that this one does not know: such a
//! word is kept as it is, and the rule that uses it blocks.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A word of the vocabulary `E`, or one that is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extensible<E> {
    /// A known word.
    Known(E),
    /// A word of a later version.
    Unknown(String),
}

impl<E: Copy> Extensible<E> {
    /// The word, or `strict` where it is not known.
    pub fn or(&self, strict: E) -> E {
        match self {
            Self::Known(word) => *word,
            Self::Unknown(_) => strict,
        }
    }
}

impl<E: DeserializeOwned> Extensible<E> {
    /// What is wrong with an unknown word, naming the known ones.
    pub(crate) fn problem(&self) -> Option<String> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(text) => {
                E::deserialize(deserializer(text)).err().map(|error| readable(&error.to_string()))
            }
        }
    }
}

/// serde's words in those of a policy's author.
pub(crate) fn readable(problem: &str) -> String {
    problem
        .replace("unknown variant", "unknown value")
        .replace("expected u64", "expected a whole number")
        .replace("expected u32", "expected a whole number")
}

fn deserializer(text: &str) -> StrDeserializer<'_, ValueError> {
    text.into_deserializer()
}

impl<E: Default> Default for Extensible<E> {
    fn default() -> Self {
        Self::Known(E::default())
    }
}

impl<E: Serialize> Serialize for Extensible<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(word) => word.serialize(serializer),
            Self::Unknown(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de, E: DeserializeOwned> Deserialize<'de> for Extensible<E> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        Ok(E::deserialize(deserializer(&text)).map_or_else(|_| Self::Unknown(text), Self::Known))
    }
}

impl<E: JsonSchema> JsonSchema for Extensible<E> {
    fn schema_name() -> Cow<'static, str> {
        E::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        E::json_schema(generator)
    }
}

/// What a rule does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// Lets pass.
    Allow,
    /// Lets pass and records that it would block.
    Audit,
    /// Blocks.
    #[default]
    Block,
}
