//! Files in people's homes that beat the system's configuration for them.

use std::path::PathBuf;

use crate::Machine;
use crate::homes::people;

/// Those that exist, root's included.
pub(super) fn files_that_undo(machine: &dyn Machine) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for home in people(machine).into_iter().map(|person| person.home) {
        let folder = home.join(".config/containers");
        for name in ["registries.conf", "policy.json"] {
            files.push(folder.join(name));
        }
        for inside in ["registries.conf.d", "certs.d"] {
            let names = machine.names(&folder.join(inside)).unwrap_or_default();
            files.extend(names.iter().map(|name| folder.join(inside).join(name)));
        }
    }
    files.retain(|file| matches!(machine.entry(file), Ok(Some(_))));
    files.sort();
    files.dedup();
    files
}
