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
