//! What outlives the tray: a file in the person's own folder for state.

use std::path::PathBuf;

use host::dirs::Dirs;
use host::files::{Mode, make_folder, read_limited, write_atomically};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const FILE: &str = "tray.json";
/// A larger file is none of the tray's own.
const LARGEST: u64 = 256 << 10;

/// What is known after the next start, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Remembered {
    /// It was told that this desktop shows no icons.
    pub no_icon: bool,
    /// Repositories of which nothing more is told, the latest last.
    pub muted: Vec<String>,
    /// Until when nothing is told of any blocked image.
    pub muted_until: Option<Timestamp>,
}

/// Where the tray remembers.
#[derive(Clone, Debug)]
pub struct RememberedFile(Option<PathBuf>);

impl RememberedFile {
    /// In the person's folder for state; for a person without one, and in a demo, nowhere.
    pub fn of_person() -> Self {
        Self(Dirs::user().map(|dirs| dirs.state))
    }

    /// In this folder, or nowhere.
    pub fn in_folder(folder: Option<PathBuf>) -> Self {
        Self(folder)
    }

    /// What was kept; a file that cannot be read is told of in the log and begun anew with the next change.
    pub fn load(&self) -> Remembered {
        let Some(folder) = &self.0 else { return Remembered::default() };
        let read = read_limited(&folder.join(FILE), LARGEST).map_err(|error| error.to_string());
        let kept = read.and_then(|bytes| match bytes {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
            None => Ok(Remembered::default()),
        });
        kept.unwrap_or_else(|error| {
            tracing::warn!(error, "what the tray kept cannot be read");
            Remembered::default()
        })
    }

    /// Keeps it.
    pub fn save(&self, remembered: &Remembered) {
        let Some(folder) = &self.0 else { return };
        let bytes = serde_json::to_vec_pretty(remembered).unwrap_or_default();
        let kept = make_folder(folder, Mode::PRIVATE_FOLDER)
            .and_then(|()| write_atomically(&folder.join(FILE), &bytes, Mode::PRIVATE));
        if let Err(error) = kept {
            tracing::warn!(%error, "it is forgotten when the tray ends");
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a file of the test's own folder")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_was_kept_is_known_after_the_next_start_and_nobody_elses_business() {
        let folder = tempfile::tempdir().unwrap();
        let file = RememberedFile::in_folder(Some(folder.path().join("state")));
        assert_eq!(file.load(), Remembered::default());
        let muted = vec!["someuser/tool".to_owned()];
        let remembered = Remembered { no_icon: true, muted, muted_until: Some(Timestamp::UNIX_EPOCH) };
        file.save(&remembered);
        assert_eq!(file.load(), remembered);
        let mode = folder.path().join("state").join(FILE).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(RememberedFile::in_folder(None).load(), Remembered::default());
    }

    #[test]
    fn a_file_that_is_damaged_or_of_another_version_does_not_keep_the_tray_from_starting() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let file = RememberedFile::in_folder(Some(state.clone()));
        file.save(&Remembered { no_icon: true, ..Remembered::default() });
        for text in ["", "{", r#"{"muted": 7}"#] {
            std::fs::write(state.join(FILE), text).unwrap();
            assert_eq!(file.load(), Remembered::default(), "{text}");
        }
        std::fs::write(state.join(FILE), r#"{"noIcon": true, "ofTomorrow": 1}"#).unwrap();
        assert!(file.load().no_icon);
        file.save(&Remembered::default());
        assert!(!file.load().no_icon);
    }
}
