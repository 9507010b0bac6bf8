//! The session on disk: one private file, sealed with a key of the service manager where it hands one over.
//!
//! What cannot be read is never taken for "nobody signed in", and stays as it is until a session is kept in its
//! place. A vault with a key takes no unsealed file, so that nobody plants one.

mod seal;

use std::path::{Path, PathBuf};

use host::files::{FileError, Mode, read_limited, read_private, remove, write_atomically};

use crate::session::{RECORD_VERSION, Record};
use seal::Key;

/// Claims, groups and tokens of the largest accounts take a quarter of it.
const LIMIT: u64 = 4 * 1024 * 1024;
const FILE: &str = "session";
/// Where a session that could not be read may lie; its token can still be good.
const DAMAGED: &str = "session.damaged";
/// The name under which the service manager hands the key over, in `$CREDENTIALS_DIRECTORY`.
const KEY_FILE: &str = "pullgate.session-key";

/// Where the session of this machine is kept.
#[derive(Debug)]
pub struct Vault {
    folder: PathBuf,
    key: Option<Key>,
}

/// A session that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file cannot be used: no permission, a link, a mode that lets others read it.
    #[error(transparent)]
    File(#[from] FileError),
    /// The content is not a session, or not a whole one.
    #[error("`{}` is damaged: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A later version wrote it.
    #[error("`{}` has layout {version}, which this version does not know; update Pullgate", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its layout.
        version: u32,
    },
    /// It is sealed with another key, or was changed.
    #[error("`{}` does not open with the key `pullgate.session-key` of the service manager; it was sealed with another one, or was changed", path.display())]
    DoesNotOpen {
        /// The file.
        path: PathBuf,
    },
    /// It is sealed, and there is no key.
    #[error("`{}` is sealed, and the service manager hands over no key; put `/etc/credstore.encrypted/pullgate.session-key` back and restart the service", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// There is a key, and the file is not sealed.
    #[error("`{}` is not sealed although this machine has a key for it, so it is not trusted", path.display())]
    NotSealed {
        /// The file.
        path: PathBuf,
    },
    /// The key is not one.
    #[error("the credential `{}` must have exactly 32 bytes; make it with `head -c 32 /dev/urandom`", path.display())]
    BadKey {
        /// The credential's file.
        path: PathBuf,
    },
    /// The record is too large, or the cryptographic library refused.
    #[error("the session cannot be stored: {problem}")]
    Unstorable {
        /// Why.
        problem: String,
    },
}

impl Vault {
    /// A vault in this folder, which must be the caller's own. `credentials` is the folder that
    /// `$CREDENTIALS_DIRECTORY` names; without one, or without a `pullgate.session-key` in it, the file is private but not sealed.
    pub fn open(folder: &Path, credentials: Option<&Path>) -> Result<Self, VaultError> {
        let key = match credentials.map(|credentials| credentials.join(KEY_FILE)) {
            Some(path) => read_key(&path)?,
            None => None,
        };
        Ok(Self { folder: folder.to_path_buf(), key })
    }

    /// The session that was kept; `None` when there is none.
    pub fn load(&self) -> Result<Option<Record>, VaultError> {
        let path = self.folder.join(FILE);
        let Some(bytes) = read_private(&path, LIMIT)? else { return Ok(None) };
        let plain = match (&self.key, seal::is_sealed(&bytes)) {
            (Some(key), true) => {
                key.open(&bytes).ok_or_else(|| VaultError::DoesNotOpen { path: path.clone() })?
            }
            (Some(_), false) => return Err(VaultError::NotSealed { path }),
            (None, true) => return Err(VaultError::NoKey { path }),
            (None, false) => bytes,
        };
        read_record(&plain, path).map(Some)
    }

    /// Keeps a session in place of whatever was there, readable or not: no secret of before stays behind. When it
    /// fails, what was there may still be.
    pub fn keep(&self, record: &Record) -> Result<(), VaultError> {
        let unstorable = |problem: String| VaultError::Unstorable { problem };
        let plain = serde_json::to_vec(record).map_err(|error| unstorable(error.to_string()))?;
        let bytes = match &self.key {
            Some(key) => key.seal(plain).ok_or_else(|| unstorable("it cannot be sealed".to_owned()))?,
            None => plain,
        };
        if bytes.len() as u64 > LIMIT {
            return Err(unstorable(format!("it has {} bytes, and {LIMIT} is the most", bytes.len())));
        }
        let path = self.folder.join(FILE);
        match write_atomically(&path, &bytes, Mode::PRIVATE) {
            // Whoever put it there decides nothing: it goes, and what it points at stays.
            Err(FileError::Symlink { .. }) => {
                remove(&path)?;
                write_atomically(&path, &bytes, Mode::PRIVATE)?;
            }
            written => written?,
        }
        remove(&self.folder.join(DAMAGED))?;
        Ok(())
    }

    /// Takes the session away, and one that was put aside; says whether there was any.
    pub fn forget(&self) -> Result<bool, VaultError> {
        let kept = remove(&self.folder.join(FILE))?;
        let aside = remove(&self.folder.join(DAMAGED))?;
        Ok(kept || aside)
    }
}

/// The service manager guards its folder of credentials with more than owner and mode.
fn read_key(path: &Path) -> Result<Option<Key>, VaultError> {
    let bad = || VaultError::BadKey { path: path.to_path_buf() };
    match read_limited(path, 1024)? {
        Some(bytes) => Key::new(&bytes).map(Some).ok_or_else(bad),
        None => Ok(None),
    }
}

#[derive(serde::Deserialize)]
struct Layout {
    version: u32,
}

fn read_record(bytes: &[u8], path: PathBuf) -> Result<Record, VaultError> {
    let damaged = |error: &serde_json::Error| {
        // The library's own words may quote the content.
        let problem = format!("unreadable at line {}, column {}", error.line(), error.column());
        VaultError::Damaged { path: path.clone(), problem }
    };
    match serde_json::from_slice::<Layout>(bytes) {
        Ok(Layout { version: RECORD_VERSION }) => {
            serde_json::from_slice(bytes).map_err(|error| damaged(&error))
        }
        Ok(Layout { version }) if version > RECORD_VERSION => Err(VaultError::Newer { path, version }),
        Ok(Layout { version }) => {
            let problem = format!("no version ever wrote layout {version}");
            Err(VaultError::Damaged { path, problem })
        }
        Err(error) => Err(damaged(&error)),
    }
}

#[cfg(test)]
mod tests;
