//! Why what is there enrolls nobody.

use std::path::PathBuf;

use host::managed::ManagedError;
use thiserror::Error;

use super::layers::Merged;

/// Why a machine is not, or cannot be, enrolled.
#[derive(Debug, Error)]
pub enum EnrollmentError {
    /// Nothing is there.
    #[error("`{}` does not exist", path.display())]
    Absent {
        /// Where the main file would stand.
        path: PathBuf,
    },
    /// A file, or a place of the system's own, cannot be trusted or read.
    #[error(transparent)]
    Place(#[from] ManagedError),
    /// A document is not of the expected shape.
    #[error("{}{problem}", named(origin.as_ref()))]
    Syntax {
        /// The document, where it is not the main file.
        origin: Option<String>,
        /// The place in it, and what is wrong there.
        problem: String,
    },
    /// A value is not possible.
    #[error("{}{}the enrollment's `{key}` {problem}", named(origin.as_ref()), at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default())]
    Value {
        /// The key.
        key: String,
        /// What is wrong with it.
        problem: String,
        /// The document that has it, where it is not the main file.
        origin: Option<String>,
        /// Where in it: `line 3, column 1`.
        at: Option<String>,
    },
}

impl EnrollmentError {
    /// Whether there is no enrollment at all.
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Absent { .. } => true,
            Self::Place(ManagedError::File(error)) => error.is_absent(),
            Self::Place(ManagedError::System { .. }) | Self::Syntax { .. } | Self::Value { .. } => false,
        }
    }

    /// Whether it says nothing of the enrollment, only that there was no descriptor or memory to read it with.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Place(ManagedError::File(error)) if error.is_passing())
    }

    /// The same with the document that has the value.
    pub(super) fn located(self, merged: &Merged) -> Self {
        match self {
            Self::Value { key, problem, origin: None, at: None } => {
                let (origin, at) = (merged.origin_beside_main(&key), merged.place(&key));
                Self::Value { key, problem, origin, at }
            }
            Self::Absent { .. } | Self::Place(_) | Self::Syntax { .. } | Self::Value { .. } => self,
        }
    }
}

fn named(origin: Option<&String>) -> String {
    origin.map(|origin| format!("`{origin}`: ")).unwrap_or_default()
}
