//! The enrollment as the service has it: absent, good, or present and not usable.

use std::path::Path;

use wire::Severity;

use super::conditions::Conditions;
use crate::enrollment::{self, DOCKER_HINT, Enrollment};

/// What was found in the enrollment file's place.
#[derive(Clone, Debug)]
pub(super) enum Enrolled {
    /// Nothing: this machine belongs to no organization.
    No,
    Yes(Box<Enrollment>),
    /// A file that cannot be used. Nothing is let through on a guess.
    Unusable {
        why: String,
    },
}

const CODE: &str = "enrollment-unusable";

impl Enrolled {
    /// Reads the file.
    pub(super) fn read(path: &Path, conditions: &Conditions) -> Self {
        match enrollment::read(path) {
            Ok(enrollment) => {
                conditions.clear(CODE);
                conditions.clear(DOCKER_HINT);
                Self::Yes(Box::new(enrollment))
            }
            Err(error) if error.is_absent() => {
                conditions.clear(CODE);
                match enrollment::docker_hint() {
                    Some((said, step)) => {
                        conditions.raise(DOCKER_HINT, Severity::Notice, said, Some(&step));
                    }
                    None => conditions.clear(DOCKER_HINT),
                }
                Self::No
            }
            Err(error) => {
                let sentence = format!("The enrollment `{}` cannot be used: {error}", path.display());
                let action = "Correct the file, or run `sudo pullgate enroll FILE --replace`";
                conditions.raise(CODE, Severity::Critical, sentence, Some(action));
                Self::Unusable { why: error.to_string() }
            }
        }
    }

    pub(super) fn good(&self) -> Option<&Enrollment> {
        match self {
            Self::Yes(enrollment) => Some(enrollment),
            Self::No | Self::Unusable { .. } => None,
        }
    }
}
