//! Which notices that come once were seen already: a file in the person's own folder for state.

use std::path::PathBuf;

use host::dirs::Dirs;
use host::files::{Mode, make_folder, write_atomically};

use crate::effect::SeenNotices;

const FILE: &str = "tray-without-icon";
const NOTE: &[u8] = b"It was told that this desktop shows no icons; without this file it is told again.\n";

/// Where the tray remembers.
#[derive(Clone, Debug)]
pub struct SeenNoticesFile(Option<PathBuf>);

impl SeenNoticesFile {
    /// In the person's folder for state; a person without one is told again.
    pub fn of_person() -> Self {
        Self(Dirs::user().map(|dirs| dirs.state))
    }

    /// In this folder, or nowhere.
    pub fn in_folder(folder: Option<PathBuf>) -> Self {
        Self(folder)
    }

    /// What was told before.
    pub fn load(&self) -> SeenNotices {
        let has = |folder: &PathBuf| folder.join(FILE).exists();
        SeenNotices { no_icon: self.0.as_ref().is_some_and(has) }
    }

    /// Keeps in mind what was told.
    pub fn save(&self, seen: SeenNotices) {
        let (Some(folder), true) = (&self.0, seen.no_icon) else { return };
        let kept = make_folder(folder, Mode::PRIVATE_FOLDER)
            .and_then(|()| write_atomically(&folder.join(FILE), NOTE, Mode::PRIVATE));
        if let Err(error) = kept {
            tracing::warn!(%error, "it will be told again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_known_after_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = SeenNoticesFile::in_folder(Some(folder.path().join("state")));
        assert!(!file.load().no_icon);
        file.save(SeenNotices::default());
        assert!(!file.load().no_icon);
        file.save(SeenNotices { no_icon: true });
        assert!(file.load().no_icon);
        file.save(SeenNotices { no_icon: true });
        assert!(!SeenNoticesFile::in_folder(None).load().no_icon);
    }
}
