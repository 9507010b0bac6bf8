//! Files in people's homes that beat the system's configuration for them.

use std::path::{Path, PathBuf};

use crate::Machine;
use crate::machine::text;

/// Those that exist, root's included.
pub(super) fn files_that_undo(machine: &dyn Machine) -> Vec<PathBuf> {
    let people = text(machine, Path::new("/etc/passwd")).unwrap_or_default();
    let mut files = Vec::new();
    for home in people.lines().filter_map(home) {
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

/// The home of a person: of root, or of an account from 1000 on.
fn home(line: &str) -> Option<PathBuf> {
    let fields: Vec<&str> = line.split(':').collect();
    let uid: u32 = fields.get(2)?.parse().ok()?;
    let home = fields.get(5).filter(|home| home.len() > 1)?;
    (uid == 0 || (1000..65534).contains(&uid)).then(|| PathBuf::from(home))
}
