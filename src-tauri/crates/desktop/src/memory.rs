//! What is known after the next start: a file in the person's own folder for state.

use std::path::PathBuf;

use host::dirs::Dirs;
use host::files::{Mode, make_folder, write_atomically};

use crate::effect::Told;

const FILE: &str = "tray-without-icon";
const NOTE: &[u8] = b"It was told that this desktop shows no icons; without this file it is told again.\n";

/// Where the tray remembers.
#[derive(Clone, Debug)]
pub struct Memory(Option<PathBuf>);

impl Memory {
    /// In the person's folder for state; a person without one is told again.
    pub fn own() -> Self {
        Self(Dirs::user().ok().map(|dirs| dirs.state))
    }

    /// In this folder, or nowhere.
    pub fn at(folder: Option<PathBuf>) -> Self {
        Self(folder)
    }

    /// What was told before.
    pub fn told(&self) -> Told {
        let has = |folder: &PathBuf| folder.join(FILE).exists();
        Told { no_icon: self.0.as_ref().is_some_and(has) }
    }

    /// Keeps in mind what was told.
    pub fn keep(&self, told: Told) {
        let (Some(folder), true) = (&self.0, told.no_icon) else { return };
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
        let memory = Memory::at(Some(folder.path().join("state")));
        assert!(!memory.told().no_icon);
        memory.keep(Told::default());
        assert!(!memory.told().no_icon);
        memory.keep(Told { no_icon: true });
        assert!(memory.told().no_icon);
        memory.keep(Told { no_icon: true });
        assert!(!Memory::at(None).told().no_icon);
    }
}
