//! The enrollment as the service has it: absent, good, or present and not usable.

use std::path::Path;

use enrollment::{DOCKER_HINT, Enrollment, EnrollmentError, Identity, Provider};
use policy::{Contact, Organization};
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
/// Docker Hub as an issuer of sessions.
const HUB: &str = "https://hub.docker.com";

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

    /// Whose machine it is; of one that is nobody's, in words that fit any organization.
    pub(super) fn organization(&self) -> Organization {
        let nobody = || Organization {
            name: String::new(),
            display: "your organization".into(),
            contact: Contact::default(),
        };
        self.good().map_or_else(nobody, |enrollment| enrollment.organization.clone())
    }
}

/// Who vouches for people.
pub(super) fn issuer(identity: &Identity) -> &str {
    match &identity.provider {
        Provider::Oidc(oidc) => &oidc.issuer,
        Provider::DockerHub(hub) => hub.api.as_deref().unwrap_or(HUB),
    }
}
