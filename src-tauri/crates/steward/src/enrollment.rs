//! What the steward has to know of the enrollment. The program reads it for the steward, which so knows no provider of
//! sign-ins and no policy.

use std::path::PathBuf;

use egress::ProxyUrl;

/// The part of a machine's enrollment that files of root hang on.
#[derive(Clone, Debug)]
pub struct EnrollmentFacts {
    /// The organization's short name.
    pub organization: String,
    /// The file with the secret of the client at the organization's provider, where it is in one.
    pub client_secret: Option<PathBuf>,
    /// The proxy of the enrollment.
    pub proxy: Option<EnrolledProxy>,
    /// Whether people sign in with their login at Docker Hub.
    pub signs_in_by_hub: bool,
}

/// A proxy, and the file with its login.
#[derive(Clone, Debug)]
pub struct EnrolledProxy {
    /// Its address, without the login.
    pub url: ProxyUrl,
    /// The file with `name:password`, for root's eyes alone.
    pub login: Option<PathBuf>,
}

/// Reads the machine's enrollment anew. The service does not say where it is: it must not have any file read that it likes.
/// The error is a sentence.
pub(crate) type ReadEnrollment = fn() -> Result<EnrollmentFacts, String>;
