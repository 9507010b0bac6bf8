//! Contexts that people made: each leads their `docker` to another engine, often on another machine. What stands in
//! them is theirs and is not read.

use std::path::PathBuf;

use crate::Machine;
use crate::homes::people;

/// Folders with at least one context.
pub(super) fn of_people(machine: &dyn Machine) -> Vec<PathBuf> {
    let folders = people(machine).into_iter().map(|person| person.home.join(".docker/contexts/meta"));
    let mut made: Vec<PathBuf> =
        folders.filter(|it| machine.names(it).is_ok_and(|it| !it.is_empty())).collect();
    made.sort();
    made.dedup();
    made
}

#[cfg(test)]
mod tests {
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
        assert_eq!(of_people(&machine), [PathBuf::from("/home/ada/.docker/contexts/meta")]);
    }
}
