//! The folders of the machine by the file system hierarchy standard, and a person's by the XDG's.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

pub(super) fn config() -> PathBuf {
    "/etc/pullgate".into()
}

pub(super) fn state() -> PathBuf {
    "/var/lib/pullgate".into()
}

pub(super) fn steward_state() -> PathBuf {
    "/var/lib/pullgate-steward".into()
}

pub(super) fn runtime() -> PathBuf {
    "/run/pullgate".into()
}

pub(super) fn runtime_of(own: &ProjectDirs) -> Option<PathBuf> {
    own.runtime_dir().map(Path::to_path_buf)
}

pub(super) fn socket(runtime: &Path, name: &str) -> PathBuf {
    runtime.join(name).with_extension("sock")
}
