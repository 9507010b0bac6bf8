//! Accounts and groups that have numbers.

use std::io;
use std::path::PathBuf;

use super::unix;

/// Where the numbers of people begin.
const FIRST_HUMAN: u32 = if cfg!(target_os = "macos") { 501 } else { 1000 };

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
        self.uid >= FIRST_HUMAN && !(61184..=65535).contains(&self.uid)
    }
}

/// The account with this user id; `None` when there is none.
pub fn by_uid(uid: u32) -> io::Result<Option<Person>> {
    unix::by_uid(uid)
}

/// The account with this login name; `None` when there is none.
pub fn by_name(name: &str) -> io::Result<Option<Person>> {
    unix::by_name(name)
}

/// The humans among the accounts that the machine itself keeps.
pub fn humans() -> io::Result<Vec<Person>> {
    let mut people = unix::local_accounts()?;
    people.retain(Person::is_human);
    Ok(people)
}

/// The number of a group; `None` when there is none of this name.
pub fn gid_of(name: &str) -> io::Result<Option<u32>> {
    unix::gid_of(name)
}

/// Every account that the machine itself keeps, those of services included.
pub fn accounts() -> io::Result<Vec<Person>> {
    unix::local_accounts()
}

/// The accounts in a group, those of services included: those it lists, and those of the machine's own that have it as
/// their primary one.
pub fn accounts_in(gid: u32) -> io::Result<Vec<Person>> {
    let mut found = accounts()?;
    found.retain(|person| person.gid == gid);
    for name in unix::members_of(gid)?.unwrap_or_default() {
        if let Some(person) = by_name(&name)?
            && !found.contains(&person)
        {
            found.push(person);
        }
    }
    Ok(found)
}
