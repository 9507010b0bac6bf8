//! The enrollment as the service has it: absent, good, or present and not usable.

use std::path::Path;

use enrollment::{DOCKER_HINT, Enrollment, EnrollmentError};
use wire::Severity;

use super::conditions::Conditions;

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
        Self::of(path, enrollment::read(path), conditions)
    }

    /// Reads the file again; none where nothing was learned of it, for want of descriptors or memory.
    pub(super) fn read_again(path: &Path, conditions: &Conditions) -> Option<Self> {
        let read = enrollment::read(path);
        let is_passing = read.as_ref().is_err_and(EnrollmentError::is_passing);
        (!is_passing).then(|| Self::of(path, read, conditions))
    }

    fn of(path: &Path, read: Result<Enrollment, EnrollmentError>, conditions: &Conditions) -> Self {
        match read {
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
