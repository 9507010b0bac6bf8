//! Contexts that people made: each leads their `docker` to another engine, often on another machine. What stands in
//! them is theirs and is not read.

use crate::people::people;
use crate::{Machine, Personal};

const FOLDER: &str = ".docker/contexts/meta";

/// Folders with at least one context.
pub(super) fn of_people(machine: &dyn Machine) -> Vec<Personal> {
    let mut made = Vec::new();
    for person in people(machine) {
        if !person.inside(machine, FOLDER).is_empty() {
            made.extend(Personal::of(&person, person.place(machine, FOLDER).into_iter().collect()));
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::machine::memory::Memory;

    #[test]
    fn whoever_made_a_context_is_found() {
        let accounts = "ada:x:1000:1000::/home/ada:/x\nbob:x:1001:1001::/home/bob:/x\n";
        let machine = Memory::with(&[
            ("/etc/passwd", accounts),
            ("/home/ada/.docker/contexts/meta/fe9c/meta.json", "{}"),
            ("/home/bob/.docker/config.json", "{}"),
        ]);
        let files = vec![PathBuf::from("/home/ada/.docker/contexts/meta")];
        assert_eq!(of_people(&machine), [Personal { uid: 1000, name: "ada".into(), files }]);
    }
}
