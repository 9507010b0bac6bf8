//! Why a document is not accepted, and what is odd about one that is.

use serde::{Deserialize, Serialize};

/// Why a policy or catalog is not accepted: the place, what is wrong there, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Refusal {
    /// The bytes are not JSON.
    #[error("line {line}, column {column}: {problem}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        problem: String,
    },
    /// More bytes than a document may have.
    #[error("the document has {bytes} bytes, the limit is {limit}; shorten it with globs")]
    TooLarge {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A value that is not accepted.
    #[error("`{path}`: {problem}")]
    Value {
        /// A JSON pointer to the value.
        path: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A document of a later major version.
    #[error(
        "`/schema`: this is a version {found} document, and this Pullgate reads version {known}; update Pullgate"
    )]
    NewerMajor {
        /// The document's version.
        found: String,
        /// The version that is known.
        known: String,
    },
}

impl Refusal {
    /// A value that is not accepted; `path` is a JSON pointer to it.
    pub fn at(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Value { path: path.into(), problem: problem.into() }
    }
}

/// Something in an accepted document that its author should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// A JSON pointer to the place.
    pub path: String,
    /// What it means and what to do.
    pub message: String,
}

impl Warning {
    /// A remark on the place at a JSON pointer.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}
