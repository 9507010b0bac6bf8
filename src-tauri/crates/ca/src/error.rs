//! Why an authority cannot be used, or will not sign.

use std::path::{Path, PathBuf};

use host::files::FileError;
use jiff::Timestamp;

/// What keeps an authority from its work.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// A file of the authority could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file of the authority is not what it should be; nothing was overwritten.
    #[error("the certificate authority in `{}` cannot be used: {problem}; restore the file, or move its folder away to have a new authority made", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Nothing was asked to be certified.
    #[error("a certificate needs at least one name and at most {most}")]
    NameCount {
        /// The most names one certificate carries.
        most: usize,
    },
    /// Not a host name or address.
    #[error("`{name}` cannot be in a certificate: {problem}")]
    BadName {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The mirror authority speaks for this machine only.
    #[error("`{name}` is not a name of this machine, and the mirror authority signs no other")]
    NotPermitted {
        /// The name.
        name: String,
    },
    /// Not a key this authority signs.
    #[error("the public key is not a P-256 key in SubjectPublicKeyInfo form")]
    BadPublicKey,
    /// Its own certificate has ended.
    #[error("the certificate authority ended at {0}; rotate it")]
    Ended(Timestamp),
    /// Clients would refuse an authority they have never seen.
    #[error("the next certificate authority is not published yet; publish it first")]
    NotPublished,
    /// Clients need time to see the published one.
    #[error("the next certificate authority is published since {since}; rotate after {after}")]
    TooEarly {
        /// When it was published.
        since: Timestamp,
        /// When rotation is due.
        after: Timestamp,
    },
    /// The cryptographic library refused.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The system gave no randomness.
    #[error("cannot make a certificate: no random numbers: {0}")]
    Random(getrandom::Error),
}

impl CaError {
    pub(crate) fn broken(path: &Path, problem: impl Into<String>) -> Self {
        Self::Broken { path: path.to_path_buf(), problem: problem.into() }
    }
}
