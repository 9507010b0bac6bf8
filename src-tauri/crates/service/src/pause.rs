//! Break-glass: a stop of enforcement that an administrator makes, that ends by itself, and that outlives a restart.

use std::path::PathBuf;

use host::{
    dirs::Dirs,
    files::{FileError, Mode, read_private, remove, write_atomically},
};
use policy::Pause;
use thiserror::Error;
use wire::Severity;

use super::{conditions::Conditions, time};

const LIMIT: u64 = 64 * 1024;
pub(super) const CODE: &str = "pause-unreadable";

/// Why a pause is not kept; what was kept before stays.
#[derive(Debug, Error)]
pub(super) enum PauseError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("it cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn place(dirs: &Dirs) -> PathBuf {
    dirs.state.join("pause.json")
}

/// The pause that was made before a restart. An unreadable one is none, and one that has ended goes: a clock that is
/// set back later must not begin it again.
pub(super) fn read(dirs: &Dirs, conditions: &Conditions) -> Option<Pause> {
    let bytes = match read_private(&place(dirs), LIMIT) {
        Ok(bytes) => bytes?,
        Err(error) => return unreadable(conditions, &error.to_string()),
    };
    match serde_json::from_slice::<Pause>(&bytes) {
        Ok(pause) if pause.until > time::now() => Some(pause),
        Ok(_) => {
            clean(dirs);
            None
        }
        Err(error) => unreadable(conditions, &error.to_string()),
    }
}

fn unreadable(conditions: &Conditions, why: &str) -> Option<Pause> {
    let sentence = format!("A pause was made before the restart and cannot be read ({why}), so it has ended");
    conditions.raise(
        CODE,
        Severity::Attention,
        sentence,
        Some("Run `sudo pullgate pause` again if it is still needed"),
    );
    None
}

/// Ends a pause with the enrollment that it was made under: the next one begins without.
pub(super) fn forget(dirs: &Dirs, conditions: &Conditions) -> Option<Pause> {
    conditions.clear(CODE);
    clean(dirs);
    None
}

/// Removes a pause whose time has come.
pub(super) fn clean(dirs: &Dirs) {
    if let Err(error) = write(dirs, None) {
        tracing::warn!(%error, "a pause that has ended could not be removed");
    }
}

/// Keeps or ends a pause.
pub(super) fn write(dirs: &Dirs, pause: Option<&Pause>) -> Result<(), PauseError> {
    match pause {
        Some(pause) => write_atomically(&place(dirs), &serde_json::to_vec(pause)?, Mode::PRIVATE)?,
        None => remove(&place(dirs)).map(drop)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_pause_that_has_ended_is_gone_from_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let dirs = Dirs {
            config: folder.path().join("config"),
            state: folder.path().to_owned(),
            runtime: folder.path().join("runtime"),
        };
        let conditions = Conditions::default();
        for (minutes, holds) in [(5, true), (-5, false)] {
            let until = time::now() + SignedDuration::from_mins(minutes);
            let pause = Pause { until, reason: "a test".into(), by: "root".into() };
            write(&dirs, Some(&pause)).unwrap();
            assert_eq!(read(&dirs, &conditions).is_some(), holds);
            assert_eq!(place(&dirs).exists(), holds);
        }
        assert_eq!(conditions.list(), []);
    }
}
