//! The account database of POSIX: `getpwuid_r` and its kin for one account, `/etc/passwd` for the list.

use std::ffi::{CStr, CString, OsStr, c_char};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Person;

const FIRST_BUFFER: usize = 4096;
const LARGEST_BUFFER: usize = 4 << 20;

#[expect(unsafe_code, reason = "the account database is a C interface")]
pub(super) fn by_uid(uid: u32) -> io::Result<Option<Person>> {
    ask(
        // SAFETY: each pointer is valid for the call, and the buffer's length is its own.
        |entry, buffer, found| unsafe {
            libc::getpwuid_r(uid, entry, buffer.as_mut_ptr(), buffer.len(), found)
        },
        person,
    )
}

#[expect(unsafe_code, reason = "the account database is a C interface")]
pub(super) fn by_name(name: &str) -> io::Result<Option<Person>> {
    let Ok(name) = CString::new(name) else { return Ok(None) };
    ask(
        // SAFETY: each pointer is valid for the call, and the buffer's length is its own.
        |entry, buffer, found| unsafe {
            libc::getpwnam_r(name.as_ptr(), entry, buffer.as_mut_ptr(), buffer.len(), found)
        },
        person,
    )
}

#[expect(unsafe_code, reason = "the account database is a C interface")]
fn group<Answer>(name: &CStr, read: impl Fn(&libc::group) -> Answer) -> io::Result<Option<Answer>> {
    ask(
        // SAFETY: each pointer is valid for the call, and the buffer's length is its own.
        |entry, buffer, found| unsafe {
            libc::getgrnam_r(name.as_ptr(), entry, buffer.as_mut_ptr(), buffer.len(), found)
        },
        read,
    )
}

#[expect(unsafe_code, reason = "the account database is a C interface")]
pub(super) fn members_of(gid: u32) -> io::Result<Option<Vec<String>>> {
    ask(
        // SAFETY: each pointer is valid for the call, and the buffer's length is its own.
        |entry, buffer, found| unsafe {
            libc::getgrgid_r(gid, entry, buffer.as_mut_ptr(), buffer.len(), found)
        },
        members,
    )
}

pub(super) fn gid_of(name: &str) -> io::Result<Option<u32>> {
    let Ok(name) = CString::new(name) else { return Ok(None) };
    group(&name, |entry: &libc::group| entry.gr_gid)
}

/// Asks with a growing buffer and reads the entry while the buffer it points into lives.
#[expect(unsafe_code, reason = "the account database is a C interface")]
fn ask<Entry, Answer>(
    call: impl Fn(*mut Entry, &mut [c_char], *mut *mut Entry) -> i32,
    read: impl Fn(&Entry) -> Answer,
) -> io::Result<Option<Answer>> {
    let mut buffer: Vec<c_char> = vec![0; FIRST_BUFFER];
    loop {
        let mut entry = MaybeUninit::<Entry>::zeroed();
        let mut found = std::ptr::null_mut();
        match call(entry.as_mut_ptr(), &mut buffer, &raw mut found) {
            // SAFETY: a null pointer says that there is no entry; any other points to `entry`, filled in.
            0 => return Ok(unsafe { found.as_ref() }.map(read)),
            libc::ERANGE if buffer.len() < LARGEST_BUFFER => buffer.resize(buffer.len() * 2, 0),
            libc::EINTR => {}
            libc::ENOENT | libc::ESRCH => return Ok(None),
            error => return Err(io::Error::from_raw_os_error(error)),
        }
    }
}

fn person(entry: &libc::passwd) -> Person {
    Person {
        uid: entry.pw_uid,
        gid: entry.pw_gid,
        name: text(entry.pw_name).to_string_lossy().into_owned(),
        home: Path::new(text(entry.pw_dir)).to_path_buf(),
    }
}

#[expect(unsafe_code, reason = "the account database is a C interface")]
fn members(entry: &libc::group) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = entry.gr_mem;
    // SAFETY: `gr_mem` is null or an array of strings that ends with a null pointer.
    while let Some(name) = unsafe { next.as_ref() }.filter(|name| !name.is_null()) {
        names.push(text(*name).to_string_lossy().into_owned());
        // SAFETY: the element just read was not the last one.
        next = unsafe { next.add(1) };
    }
    names
}

#[expect(unsafe_code, reason = "the account database is a C interface")]
fn text<'a>(string: *const c_char) -> &'a OsStr {
    if string.is_null() {
        return OsStr::new("");
    }
    // SAFETY: a string of an entry ends with a zero and lives as long as the buffer, which `ask` keeps while
    // the entry is read; both callers copy at once.
    OsStr::from_bytes(unsafe { CStr::from_ptr(string) }.to_bytes())
}

pub(super) fn local_accounts() -> io::Result<Vec<Person>> {
    let file = std::fs::read("/etc/passwd")?;
    Ok(String::from_utf8_lossy(&file).lines().filter_map(account).collect())
}

/// A line of `/etc/passwd`; comments and entries for directory services are not accounts.
fn account(line: &str) -> Option<Person> {
    let mut fields = line.split(':');
    let name = fields.next().filter(|name| !name.is_empty() && !name.starts_with(['#', '+', '-']))?;
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    let home = fields.nth(1)?;
    Some(Person { uid, gid, name: name.to_owned(), home: home.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_account_file_is_an_account() {
        let ada = account("ada:x:1000:1001:Ada Lovelace,,,:/home/ada:/bin/bash");
        let expected = Person { uid: 1000, gid: 1001, name: "ada".into(), home: "/home/ada".into() };
        assert_eq!(ada, Some(expected));
        for line in ["", "# ada:x:1:1::/:", "+@netgroup::::::", "ada:x:one:1::/:", "ada:x:1"] {
            assert_eq!(account(line), None, "{line}");
        }
    }

    #[test]
    fn the_list_and_the_lookup_agree_on_every_account() {
        for person in local_accounts().unwrap() {
            assert_eq!(by_name(&person.name).unwrap(), Some(person));
        }
    }
}
