//! Up to when somebody has looked at what was blocked: a file in the person's own folder for state.

use std::path::PathBuf;

use host::dirs::Dirs;
use host::files::{Mode, make_folder, read_limited, write_atomically};
use jiff::Timestamp;

const FILE: &str = "blocked-looked-at";
/// More than a time takes.
const MOST: u64 = 64;

/// Where the window remembers.
#[derive(Clone, Debug, Default)]
pub struct LookedFile(Option<PathBuf>);

impl LookedFile {
    /// In the person's folder for state; a person without one begins anew with each window.
    pub fn of_person() -> Self {
        Self(Dirs::user().map(|dirs| dirs.state))
    }

    /// The latest that was looked at; none where nothing was, or nobody can tell.
    pub(crate) fn load(&self) -> Option<Timestamp> {
        let bytes = read_limited(&self.0.as_ref()?.join(FILE), MOST).ok()??;
        std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
    }

    /// Keeps in mind what was looked at.
    pub(crate) fn save(&self, looked: Timestamp) {
        let Some(folder) = &self.0 else { return };
        let kept = make_folder(folder, Mode::PRIVATE_FOLDER).and_then(|()| {
            write_atomically(&folder.join(FILE), format!("{looked}\n").as_bytes(), Mode::PRIVATE)
        });
        if let Err(error) = kept {
            tracing::warn!(%error, "what was looked at counts as new after the next start");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_is_known_to_the_next_window() {
        let folder = tempfile::tempdir().unwrap();
        let file = LookedFile(Some(folder.path().join("state")));
        assert_eq!(file.load(), None);
        let looked = "2026-11-22T12:00:00Z".parse().unwrap();
        file.save(looked);
        assert_eq!(file.load(), Some(looked));
        LookedFile::default().save(looked);
        assert_eq!(LookedFile::default().load(), None);
    }
}
