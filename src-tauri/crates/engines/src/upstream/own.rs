//! Files that only root could have put where they are.

use std::path::{Path, PathBuf};

use super::Kind;
use crate::Machine;

pub(super) fn within(folder: &str, name: &str) -> PathBuf {
    Path::new(folder).join(name)
}

/// The text, if neither the file nor its folder can be changed by others than root. Links of root's are followed.
pub(super) fn text(machine: &dyn Machine, path: &Path) -> Option<String> {
    let real = machine.real(path);
    let is_linked = real != path;
    let folders = [path.parent(), real.parent()];
    let trusted = is_roots(machine, &real, Kind::File)
        && folders.into_iter().flatten().all(|folder| is_roots(machine, &machine.real(folder), Kind::Folder))
        && (!is_linked || owner_is_root(machine, path));
    if !trusted {
        tracing::warn!(path = %path.display(), "left out, since others than root could change it");
        return None;
    }
    crate::machine::text(machine, &real)
}

fn is_roots(machine: &dyn Machine, path: &Path, kind: Kind) -> bool {
    match machine.entry(path) {
        Ok(Some(entry)) => {
            entry.kind == kind && entry.attributes.uid == 0 && entry.attributes.mode & 0o022 == 0
        }
        Ok(None) | Err(_) => false,
    }
}

fn owner_is_root(machine: &dyn Machine, path: &Path) -> bool {
    matches!(machine.entry(path), Ok(Some(entry)) if entry.attributes.uid == 0)
}
