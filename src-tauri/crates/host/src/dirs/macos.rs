//! The folders of the machine by Apple's file system programming guide. A socket's path has to fit into 104 bytes.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

const OURS: &str = "/Library/Application Support/Pullgate";

pub(super) fn config() -> PathBuf {
    OURS.into()
}

pub(super) fn state() -> PathBuf {
    Path::new(OURS).join("State")
}

pub(super) fn steward_state() -> PathBuf {
    Path::new(OURS).join("Steward")
}

pub(super) fn runtime() -> PathBuf {
    "/private/var/run/pullgate".into()
}

/// A person's own; nothing else is emptied at each start and closed to others.
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a session has to tell of it")]
pub(super) fn runtime_of(own: &ProjectDirs) -> Option<PathBuf> {
    Some(own.cache_dir().join("run"))
}

pub(super) fn socket(runtime: &Path, name: &str) -> PathBuf {
    runtime.join(name).with_extension("sock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_machine_lies_where_a_person_can_write() {
        let own = ProjectDirs::from_path("pullgate".into()).map(|own| runtime_of(&own));
        assert!(own.flatten().is_some_and(|folder| folder.ends_with("run")));
        for folder in [config(), state(), steward_state()] {
            assert!(folder.starts_with("/Library/Application Support"), "{folder:?}");
        }
        assert_eq!(socket(&runtime(), "control"), Path::new("/private/var/run/pullgate/control.sock"));
    }
}
