//! A private file a secret.

use super::{LIMIT, SecretError, Secrets};
use crate::files::{Mode, make_folder, read_private, remove, write_atomically};

pub(super) fn keep(secrets: &Secrets, name: &str, secret: &[u8]) -> Result<(), SecretError> {
    make_folder(&secrets.folder, Mode::PRIVATE_FOLDER)?;
    Ok(write_atomically(&secrets.folder.join(name), secret, Mode::PRIVATE)?)
}

pub(super) fn read(secrets: &Secrets, name: &str) -> Result<Option<Vec<u8>>, SecretError> {
    Ok(read_private(&secrets.folder.join(name), LIMIT)?)
}

pub(super) fn forget(secrets: &Secrets, name: &str) -> Result<bool, SecretError> {
    Ok(remove(&secrets.folder.join(name))?)
}
