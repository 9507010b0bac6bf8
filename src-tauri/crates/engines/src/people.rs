//! People of this machine and their home folders. Their homes are theirs: what root looks at there is looked at by
//! [`Machine::in_home`] and by nothing else. That something in a home beats the machine's configuration is for everybody
//! to know; what, and where, is for them and for root.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Machine;
use crate::machine::{InHome, Kind, text};

/// Somebody with a home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) uid: u32,
    pub(crate) name: String,
    pub(crate) home: PathBuf,
}

/// Root, every account from 1000 on, and where there is no such list the owners of the folders below `/Users`.
pub(crate) fn people(machine: &dyn Machine) -> Vec<Person> {
    let accounts = text(machine, Path::new("/etc/passwd")).unwrap_or_default();
    let mut people: Vec<Person> = accounts.lines().filter_map(person).collect();
    let users = Path::new("/Users");
    for name in machine.names(users).unwrap_or_default() {
        let home = users.join(&name);
        if let Ok(Some(entry)) = machine.entry(&home)
            && entry.kind == Kind::Folder
            && !people.iter().any(|known| known.home == home)
        {
            people.push(Person { uid: entry.attributes.uid, name, home });
        }
    }
    people
}

fn person(line: &str) -> Option<Person> {
    let fields: Vec<&str> = line.split(':').collect();
    let uid: u32 = fields.get(2)?.parse().ok()?;
    let home = fields.get(5).filter(|home| home.len() > 1)?;
    let name = (*fields.first()?).to_owned();
    (uid == 0 || (1000..65534).contains(&uid)).then(|| Person { uid, name, home: PathBuf::from(home) })
}

impl Person {
    /// What stands below their home.
    pub(crate) fn has(&self, machine: &dyn Machine, below: &str) -> InHome {
        machine.in_home(&self.home, self.uid, Path::new(below))
    }

    /// Where it stands, unless nothing does; where the way leads elsewhere, where it does.
    pub(crate) fn place(&self, machine: &dyn Machine, below: &str) -> Option<PathBuf> {
        match self.has(machine, below) {
            InHome::Absent => None,
            InHome::There | InHome::Folder(_) => Some(self.home.join(below)),
            InHome::Elsewhere(path) => Some(path),
        }
    }

    /// What is in a folder; where the way to it leads elsewhere, where it does.
    pub(crate) fn inside(&self, machine: &dyn Machine, below: &str) -> Vec<PathBuf> {
        match self.has(machine, below) {
            InHome::Absent | InHome::There => Vec::new(),
            InHome::Folder(names) => names.iter().map(|name| self.home.join(below).join(name)).collect(),
            InHome::Elsewhere(path) => vec![path],
        }
    }
}

/// One person's own files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Personal {
    /// Whose they are.
    pub uid: u32,
    /// Their account.
    pub name: String,
    /// The files; where the way to one leads out of the home, the place where it does.
    pub files: Vec<PathBuf>,
}

/// More paths than these are counted.
const MOST: usize = 3;

impl Personal {
    /// Theirs, if there are any.
    pub(crate) fn of(person: &Person, mut files: Vec<PathBuf>) -> Option<Self> {
        files.sort();
        files.dedup();
        (!files.is_empty()).then(|| Self { uid: person.uid, name: person.name.clone(), files })
    }

    /// The files as words for the person and for root.
    pub fn listed(&self) -> String {
        let shown = self.files.iter().take(MOST).map(|path| format!("`{}`", path.display()));
        let shown = shown.collect::<Vec<_>>().join(", ");
        match self.files.len().saturating_sub(MOST) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    #[test]
    fn system_accounts_have_no_home_of_a_person() {
        let accounts = "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/usr/sbin:/x\nada:x:1000:1000::/home/ada:/x\nnobody:x:65534:65534::/nonexistent:/x\n";
        let machine = Memory::with(&[("/etc/passwd", accounts), ("/Users/eve/Library/x", "")]);
        let found: Vec<_> = people(&machine).into_iter().map(|it| (it.uid, it.home)).collect();
        assert_eq!(found, [(0, "/root".into()), (1000, "/home/ada".into()), (0, "/Users/eve".into())]);
    }

    #[test]
    fn of_many_files_three_are_named() {
        let files = |count: u32| (0..count).map(|it| PathBuf::from(format!("/home/ada/{it}"))).collect();
        let ada = |files| Personal { uid: 1000, name: "ada".into(), files };
        assert_eq!(ada(files(1)).listed(), "`/home/ada/0`");
        assert_eq!(ada(files(5)).listed(), "`/home/ada/0`, `/home/ada/1`, `/home/ada/2` and 2 more");
    }
}
