//! Secrets that outlive the service, each under a name: in a private file that the system sealed on
//! Windows, in a keychain on macOS. What a secret is for is its owner's affair.

use std::io;
use std::path::PathBuf;

#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

use crate::files::FileError;

/// No secret is longer, in bytes.
#[cfg(windows)]
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

#[cfg(target_os = "macos")]
mod macos {
    //! A password of the keychain a secret: the system's for the machine, their own for a person.

    use std::io;

    use security_framework::base::Error;
    use security_framework::os::macos::keychain::SecKeychain;

    use super::{SecretError, Secrets, Whose};

    const SERVICE: &str = "io.pullgate";
    const SYSTEM: &str = "/Library/Keychains/System.keychain";
    /// `errSecItemNotFound`.
    const ABSENT: i32 = -25300;

    pub(super) fn keep(secrets: &Secrets, name: &str, secret: &[u8]) -> Result<(), SecretError> {
        keychain(secrets)?.set_generic_password(SERVICE, name, secret).map_err(said)
    }

    pub(super) fn read(secrets: &Secrets, name: &str) -> Result<Option<Vec<u8>>, SecretError> {
        match keychain(secrets)?.find_generic_password(SERVICE, name) {
            Err(error) if error.code() == ABSENT => Ok(None),
            found => found.map(|(secret, _)| Some(secret.to_vec())).map_err(said),
        }
    }

    pub(super) fn forget(secrets: &Secrets, name: &str) -> Result<bool, SecretError> {
        match keychain(secrets)?.find_generic_password(SERVICE, name) {
            Err(error) if error.code() == ABSENT => Ok(false),
            found => {
                found.map_err(said)?.1.delete();
                Ok(true)
            }
        }
    }

    fn keychain(secrets: &Secrets) -> Result<SecKeychain, SecretError> {
        let found = match secrets.whose {
            Whose::Machine => SecKeychain::open(SYSTEM),
            Whose::Person => SecKeychain::default(),
        };
        found.map_err(said)
    }

    fn said(error: Error) -> SecretError {
        SecretError::System(io::Error::other(error))
    }
}

#[cfg(windows)]
mod windows {
    //! A private file a secret, sealed by the system (DPAPI) for the machine or for the calling account.

    use std::io;
    use std::ptr;

    use windows_sys::Win32::Foundation::LocalFree;
    use windows_sys::Win32::Security::Cryptography::{
        CRYPT_INTEGER_BLOB, CRYPTPROTECT_LOCAL_MACHINE, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData,
        CryptUnprotectData,
    };

    use super::{LIMIT, SecretError, Secrets, Whose};
    use crate::files::{Mode, make_folder, read_private, remove, write_atomically};

    pub(super) fn keep(secrets: &Secrets, name: &str, secret: &[u8]) -> Result<(), SecretError> {
        make_folder(&secrets.folder, Mode::PRIVATE_FOLDER)?;
        let sealed = seal(secret, secrets.whose).map_err(SecretError::System)?;
        Ok(write_atomically(&secrets.folder.join(name), &sealed, Mode::PRIVATE)?)
    }

    pub(super) fn read(secrets: &Secrets, name: &str) -> Result<Option<Vec<u8>>, SecretError> {
        let sealed = read_private(&secrets.folder.join(name), LIMIT)?;
        sealed.map(|sealed| open(&sealed).map_err(SecretError::System)).transpose()
    }

    pub(super) fn forget(secrets: &Secrets, name: &str) -> Result<bool, SecretError> {
        Ok(remove(&secrets.folder.join(name))?)
    }

    #[expect(unsafe_code, reason = "sealing is a C interface")]
    fn seal(secret: &[u8], whose: Whose) -> io::Result<Vec<u8>> {
        let scope = match whose {
            Whose::Machine => CRYPTPROTECT_LOCAL_MACHINE,
            Whose::Person => 0,
        };
        let (given, mut made) = (blob(secret)?, CRYPT_INTEGER_BLOB { cbData: 0, pbData: ptr::null_mut() });
        // SAFETY: `given` describes `secret`, which is only read; `made` is valid for writes; nothing else is given.
        let done = unsafe {
            CryptProtectData(
                &raw const given,
                ptr::null(),
                ptr::null(),
                ptr::null(),
                ptr::null(),
                scope | CRYPTPROTECT_UI_FORBIDDEN,
                &raw mut made,
            )
        };
        // SAFETY: on success the system made it.
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(unsafe { take(&made) }) }
    }

    /// What is sealed says itself for whom.
    #[expect(unsafe_code, reason = "sealing is a C interface")]
    fn open(sealed: &[u8]) -> io::Result<Vec<u8>> {
        let (given, mut made) = (blob(sealed)?, CRYPT_INTEGER_BLOB { cbData: 0, pbData: ptr::null_mut() });
        // SAFETY: as above.
        let done = unsafe {
            CryptUnprotectData(
                &raw const given,
                ptr::null_mut(),
                ptr::null(),
                ptr::null(),
                ptr::null(),
                CRYPTPROTECT_UI_FORBIDDEN,
                &raw mut made,
            )
        };
        // SAFETY: on success the system made it.
        if done == 0 { Err(io::Error::last_os_error()) } else { Ok(unsafe { take(&made) }) }
    }

    fn blob(bytes: &[u8]) -> io::Result<CRYPT_INTEGER_BLOB> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        Ok(CRYPT_INTEGER_BLOB { cbData: length, pbData: bytes.as_ptr().cast_mut() })
    }

    /// # Safety
    /// The system made it and leaves it to be freed.
    #[expect(unsafe_code, reason = "the system allocated it")]
    unsafe fn take(made: &CRYPT_INTEGER_BLOB) -> Vec<u8> {
        // SAFETY: so many bytes are there, says the system.
        let bytes = unsafe { std::slice::from_raw_parts(made.pbData, made.cbData as usize) }.to_vec();
        // SAFETY: it is to be freed like this, and is not used any more.
        unsafe { LocalFree(made.pbData.cast()) };
        bytes
    }
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
