//! Files in people's homes that beat the system's configuration for them.

use crate::homes::people;
use crate::{Machine, Personal};

const FILES: [&str; 2] = [".config/containers/registries.conf", ".config/containers/policy.json"];
const FOLDER: &str = ".config/containers/registries.conf.d";

/// Those that exist, root's included. A certificate in a home leads nowhere else, so it is none of them.
pub(super) fn files_that_undo(machine: &dyn Machine) -> Vec<Personal> {
    let mut all = Vec::new();
    for person in people(machine) {
        let mut files = person.inside(machine, FOLDER);
        files.extend(FILES.iter().filter_map(|file| person.place(machine, file)));
        all.extend(Personal::of(&person, files));
    }
    all
}
