//! Secrets that outlive the service, each under a name: in a private file on Linux, in one that the system sealed on
//! Windows, in a keychain on macOS. What a secret is for is its owner's affair.

use std::io;
use std::path::PathBuf;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

use crate::files::FileError;

/// No secret is longer, in bytes.
#[cfg(not(target_os = "macos"))]
const LIMIT: u64 = 64 * 1024;

/// Who can read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The services of the machine.
    Machine,
    /// The calling person.
    Person,
}

/// A place for secrets.
#[derive(Clone, Debug)]
pub struct Secrets {
    #[cfg_attr(target_os = "linux", expect(dead_code, reason = "a folder there is somebody's alone"))]
    whose: Whose,
    #[cfg_attr(target_os = "macos", expect(dead_code, reason = "a keychain there is a place of its own"))]
    folder: PathBuf,
}

impl Secrets {
    /// Those of the machine or the calling person, in a private folder where they are files.
    #[must_use]
    pub fn new(whose: Whose, folder: PathBuf) -> Self {
        Self { whose, folder }
    }

    /// Keeps a secret under a name, in the place of an earlier one.
    pub fn keep(&self, name: &str, secret: &[u8]) -> Result<(), SecretError> {
        system::keep(self, checked(name)?, secret)
    }

    /// Reads a secret; `None` when there is none of this name.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, SecretError> {
        system::read(self, checked(name)?)
    }

    /// Forgets a secret; says whether there was one.
    pub fn forget(&self, name: &str) -> Result<bool, SecretError> {
        system::forget(self, checked(name)?)
    }
}

/// Why a secret is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file it is in.
    #[error(transparent)]
    File(#[from] FileError),
    /// What the system seals with, or its keychain.
    #[error("the system does not give out the secret: {0}")]
    System(io::Error),
    /// Not a name a secret can have.
    #[error("`{0}` is not the name of a secret")]
    BadName(String),
}

fn checked(name: &str) -> Result<&str, SecretError> {
    let good = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if good { Ok(name) } else { Err(SecretError::BadName(name.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_was_kept_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::new(Whose::Machine, folder.path().join("secrets"));
        assert_eq!(secrets.read("session").unwrap(), None);
        secrets.keep("session", b"first").unwrap();
        secrets.keep("session", b"second").unwrap();
        assert_eq!(secrets.read("session").unwrap().as_deref(), Some(b"second".as_slice()));
        assert!(secrets.forget("session").unwrap());
        assert!(!secrets.forget("session").unwrap());
        assert_eq!(secrets.read("session").unwrap(), None);
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        let secrets = Secrets::new(Whose::Person, "/nowhere".into());
        for name in ["", "../session", "a/b", r"a\b", "a.b"] {
            assert!(matches!(secrets.read(name), Err(SecretError::BadName(_))), "{name}");
        }
    }
}
