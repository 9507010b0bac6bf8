//! Why an offered bundle is not accepted. Each refusal names the document, the place, and what to do.

use std::fmt;

use serde::{Deserialize, Serialize};

use policy::Refusal;

/// A document of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// The envelope of the trust document.
    TrustEnvelope,
    /// The trust document.
    Trust,
    /// The envelope of the policy.
    PolicyEnvelope,
    /// The policy.
    Policy,
    /// The catalog.
    Catalog,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TrustEnvelope => "the envelope of the trust document",
            Self::Trust => "the trust document",
            Self::PolicyEnvelope => "the envelope of the policy",
            Self::Policy => "the policy",
            Self::Catalog => "the catalog",
        })
    }
}

impl Part {
    pub(super) fn refuses(self, refusal: Refusal) -> BundleRefusal {
        BundleRefusal::Document { part: self, refusal: advised(refusal) }
    }

    pub(super) fn at(self, path: &str, problem: impl Into<String>) -> BundleRefusal {
        self.refuses(Refusal::at(path, problem))
    }
}

/// What is no JSON at all came from somewhere else, or not whole.
fn advised(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Syntax { line, column, problem } => {
            let advice =
                "no JSON, as of a torn download or another page; publish the whole file at its place";
            Refusal::Syntax { line, column, problem: format!("{problem}: {advice}") }
        }
        Refusal::TooLarge { .. } | Refusal::Value { .. } | Refusal::NewerMajor { .. } => refusal,
    }
}

/// Why an offered bundle is not accepted; the bundle that is held stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum BundleRefusal {
    /// A document that is not good at a place.
    #[error("in {part}, {refusal}")]
    Document {
        /// Which document.
        part: Part,
        /// The place, what is wrong there, and what to do.
        refusal: Refusal,
    },
    /// An edition that is older than the one that is held.
    #[error(
        "in {part}, `{path}`: {offered} is lower than {held}, which this machine holds; publish with a number \
         above {held}"
    )]
    Older {
        /// Which document.
        part: Part,
        /// The place of its number.
        path: String,
        /// The number that was offered.
        offered: u64,
        /// The number that is held.
        held: u64,
    },
    /// Another document under the number of the one that is held: somebody has two editions with one number.
    #[error(
        "in {part}, `{path}`: another document has the number {number} already, and two under one number may be \
         an attack; find out who signed both, then publish with a higher number"
    )]
    Forked {
        /// Which document.
        part: Part,
        /// The place of its number.
        path: String,
        /// The number.
        number: u64,
    },
}
