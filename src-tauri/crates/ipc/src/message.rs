//! Understanding the JSON of one frame as a message of a known kind.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::failure::{Code, Failure};

/// A message: a JSON object whose `kind` says what it is. Fields that are not known are ignored.
pub trait Message: Serialize + DeserializeOwned {
    /// What such a message is called in errors.
    const NAME: &'static str;
    /// Every kind of it.
    const KINDS: &'static [&'static str];

    /// The most bytes of JSON of one: whoever announces more is refused before they come.
    const LIMIT: usize = crate::frame::LIMIT;

    /// Reads a message from the JSON of one frame.
    fn read(json: &[u8]) -> Result<Self, MessageError> {
        let value: serde_json::Value =
            serde_json::from_slice(json).map_err(|error| MessageError::Json { detail: error.to_string() })?;
        let tag = Tag::deserialize(&value).map_err(|_| MessageError::NoKind { name: Self::NAME })?;
        if !Self::KINDS.contains(&tag.kind.as_str()) {
            return Err(MessageError::Kind { name: Self::NAME, kind: excerpt(&tag.kind) });
        }
        serde_json::from_value(value).map_err(|error| MessageError::Content {
            name: Self::NAME,
            kind: tag.kind,
            detail: error.to_string(),
        })
    }
}

#[derive(Deserialize)]
struct Tag {
    kind: String,
}

fn excerpt(text: &str) -> String {
    text.chars().take(48).flat_map(char::escape_debug).collect()
}

/// Why the JSON of a frame is not a message. The next frame may well be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Not JSON.
    #[error("the message is not JSON: {detail}")]
    Json {
        /// What is wrong, and where.
        detail: String,
    },
    /// No `kind`, or one that is not text.
    #[error("the {name} has no `kind`")]
    NoKind {
        /// What it should be.
        name: &'static str,
    },
    /// A kind that this version does not know.
    #[error("the {name} `{kind}` is not known to this version of Pullgate")]
    Kind {
        /// What it should be.
        name: &'static str,
        /// Its kind.
        kind: String,
    },
    /// A known kind with missing or wrong fields.
    #[error("the {name} `{kind}` cannot be understood: {detail}")]
    Content {
        /// What it should be.
        name: &'static str,
        /// Its kind.
        kind: String,
        /// What is wrong.
        detail: String,
    },
}

impl From<&MessageError> for Failure {
    fn from(error: &MessageError) -> Self {
        let (code, hint) = match error {
            MessageError::Kind { .. } => {
                (Code::UnknownRequest, Some("Update Pullgate and restart its service".to_owned()))
            }
            MessageError::Json { .. } | MessageError::NoKind { .. } | MessageError::Content { .. } => {
                (Code::BadRequest, None)
            }
        };
        Self { code, message: error.to_string(), hint }
    }
}
