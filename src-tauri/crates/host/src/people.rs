//! The people of this machine: names and home folders of user ids, who is a human, and who belongs to a
//! group. A lookup asks every source the machine is set up with, directory services included; a list has
//! the accounts the machine itself keeps, since directories rarely tell theirs.

use std::io;
use std::path::PathBuf;

#[cfg(target_os = "linux")]
mod run_as;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;

#[cfg(target_os = "linux")]
pub use run_as::command_as;

/// An account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// The user id.
    pub uid: u32,
    /// The primary group.
    pub gid: u32,
    /// The login name.
    pub name: String,
    /// The home folder.
    pub home: PathBuf,
}

impl Person {
    /// Whether the account is a human's by the number it was given: neither the system's own nor one of those
    /// that the service manager lends to services, and not `nobody`. A directory may give any higher number.
    #[must_use]
    pub fn is_human(&self) -> bool {
        self.uid >= 1000 && !(61184..=65535).contains(&self.uid)
    }
}

/// The account with this user id; `None` when there is none.
pub fn by_uid(uid: u32) -> io::Result<Option<Person>> {
    system::by_uid(uid)
}

/// The account with this login name; `None` when there is none.
pub fn by_name(name: &str) -> io::Result<Option<Person>> {
    system::by_name(name)
}

/// The humans among the accounts that the machine itself keeps.
pub fn humans() -> io::Result<Vec<Person>> {
    let mut people = system::local_accounts()?;
    people.retain(Person::is_human);
    Ok(people)
}

/// The login names listed as members of a group, without those who have it as their primary group; `None`
/// when there is no such group.
pub fn group_members(name: &str) -> io::Result<Option<Vec<String>>> {
    system::group_members(name)
}

/// The number of a group; `None` when there is none of this name.
pub fn gid_of(name: &str) -> io::Result<Option<u32>> {
    system::gid_of(name)
}

/// The humans in a group: those it lists, and those of the machine's own accounts that have it as their primary one.
pub fn humans_in(gid: u32) -> io::Result<Vec<Person>> {
    let mut found = humans()?;
    found.retain(|person| person.gid == gid);
    for name in system::members_of(gid)?.unwrap_or_default() {
        if let Some(person) = by_name(&name)?.filter(Person::is_human)
            && !found.contains(&person)
        {
            found.push(person);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_has_its_name_and_home() {
        let root = by_uid(0).unwrap().unwrap();
        assert_eq!((root.uid, root.gid, root.name.as_str()), (0, 0, "root"));
        assert_eq!(by_name("root").unwrap(), Some(root));
    }

    #[test]
    fn an_unknown_account_or_group_is_none() {
        assert_eq!(by_uid(3_999_999_999).unwrap(), None);
        assert_eq!(by_name("no-such-account").unwrap(), None);
        assert_eq!(by_name("with\0zero").unwrap(), None);
        assert_eq!(group_members("no-such-group").unwrap(), None);
    }

    #[test]
    fn every_group_of_the_machine_has_the_members_its_file_lists() {
        for line in std::fs::read_to_string("/etc/group").unwrap().lines() {
            let fields: Vec<_> = line.split(':').collect();
            let listed: Vec<String> =
                fields[3].split(',').filter(|name| !name.is_empty()).map(String::from).collect();
            assert_eq!(group_members(fields[0]).unwrap(), Some(listed), "{}", fields[0]);
        }
    }

    #[test]
    fn a_group_has_its_number_and_nobody_human_is_in_the_system_s_own() {
        assert_eq!((gid_of("root").unwrap(), gid_of("no-such-group").unwrap()), (Some(0), None));
        assert_eq!(humans_in(0).unwrap(), []);
    }

    #[test]
    fn everybody_is_in_the_group_that_is_their_primary_one() {
        for person in humans().unwrap() {
            assert!(humans_in(person.gid).unwrap().contains(&person), "{person:?}");
        }
    }

    #[test]
    fn system_accounts_and_nobody_are_not_human() {
        let root = by_uid(0).unwrap().unwrap();
        let numbers = [0, 999, 1000, 60001, 61184, 65534, 65535, 65536, 1_234_600_500];
        let human = numbers.map(|uid| Person { uid, ..root.clone() }.is_human());
        assert_eq!(human, [false, false, true, true, false, false, false, true, true]);
        assert!(humans().unwrap().iter().all(Person::is_human));
    }
}
