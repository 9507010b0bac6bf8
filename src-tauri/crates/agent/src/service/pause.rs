//! Break-glass: a stop of enforcement that an administrator makes, that ends by itself, and that outlives a restart.

use host::{
    dirs::Dirs,
    files::{FileError, Mode, read_private, remove, write_atomically},
};
use policy::Pause;
use wire::Severity;

use super::conditions::Conditions;

const LIMIT: u64 = 64 * 1024;
pub(super) const CODE: &str = "pause-unreadable";

/// The pause that was made before a restart. An unreadable one is none.
pub(super) fn read(dirs: &Dirs, conditions: &Conditions) -> Option<Pause> {
    let bytes = match read_private(&dirs.state.join("pause.json"), LIMIT) {
        Ok(bytes) => bytes?,
        Err(error) => return unreadable(conditions, &error.to_string()),
    };
    match serde_json::from_slice::<Pause>(&bytes) {
        Ok(pause) => Some(pause).filter(|pause| pause.until > host::clock::now()),
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

/// Keeps or ends a pause.
pub(super) fn write(dirs: &Dirs, pause: Option<&Pause>) -> Result<(), FileError> {
    let place = dirs.state.join("pause.json");
    match pause {
        Some(pause) => {
            write_atomically(&place, &serde_json::to_vec(pause).unwrap_or_default(), Mode::PRIVATE)
        }
        None => remove(&place).map(drop),
    }
}
