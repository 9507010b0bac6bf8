//! Starting a program as another person: with their user id, primary group and further groups, and with
//! nothing of the caller's environment.

use std::ffi::{CString, OsStr};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::Person;

/// The kernel lets nobody be in more groups.
const MOST_GROUPS: usize = 65_536;

/// A command that runs as this person with an empty environment; only root can start one as somebody else.
pub fn command_as(person: &Person, program: impl AsRef<OsStr>) -> io::Result<Command> {
    let mut command = Command::new(program);
    command.env_clear().current_dir("/");
    let caller = rustix::process::geteuid().as_raw();
    if caller == 0 {
        become_person(&mut command, person, groups_of(person)?);
    } else if caller != person.uid {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(command)
}

/// `Command::uid` would drop every further group, and the user id must be the last to go.
#[expect(unsafe_code, reason = "the standard library cannot set further groups")]
fn become_person(command: &mut Command, person: &Person, groups: Vec<libc::gid_t>) {
    let (uid, gid) = (person.uid, person.gid);
    let switch = move || {
        // SAFETY: `groups` is an array of that length; the three are system calls and nothing else.
        let switched = unsafe {
            libc::setgroups(groups.len(), groups.as_ptr()) == 0
                && libc::setresgid(gid, gid, gid) == 0
                && libc::setresuid(uid, uid, uid) == 0
        };
        if switched { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: between fork and exec the closure makes system calls only: it allocates nothing and takes no lock.
    unsafe { command.pre_exec(switch) };
}

/// The person's groups by every source the machine is set up with, the primary one included.
#[expect(unsafe_code, reason = "the account database is a C interface")]
fn groups_of(person: &Person) -> io::Result<Vec<libc::gid_t>> {
    let name = CString::new(person.name.as_str())?;
    let mut groups: Vec<libc::gid_t> = vec![0; 64];
    loop {
        let mut count = libc::c_int::try_from(groups.len()).unwrap_or(libc::c_int::MAX);
        // SAFETY: `name` ends with a zero, and `count` is the number of elements `groups` has room for.
        let found =
            unsafe { libc::getgrouplist(name.as_ptr(), person.gid, groups.as_mut_ptr(), &raw mut count) };
        let needed = usize::try_from(count).unwrap_or(0);
        if found >= 0 {
            groups.truncate(needed);
            return Ok(groups);
        }
        if groups.len() >= MOST_GROUPS {
            return Err(io::ErrorKind::InvalidData.into());
        }
        groups.resize(needed.max(groups.len() * 2).min(MOST_GROUPS), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{by_name, by_uid};

    fn said_by(person: &Person, script: &str) -> String {
        let output = command_as(person, "/bin/sh").unwrap().args(["-c", script]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn myself() -> Person {
        by_uid(rustix::process::geteuid().as_raw()).unwrap().unwrap()
    }

    #[test]
    fn a_command_runs_with_every_id_and_group_of_the_person() {
        let me = myself();
        let whom = if me.uid == 0 { by_name("daemon").unwrap().unwrap() } else { me };
        let sorted = |text: &str| {
            let mut groups: Vec<u32> = text.split_whitespace().map(|id| id.parse().unwrap()).collect();
            groups.sort_unstable();
            groups.dedup();
            groups
        };
        let known = Command::new("id").args(["-G", &whom.name]).output().unwrap();
        let known = sorted(&String::from_utf8(known.stdout).unwrap());
        assert_eq!(sorted(&said_by(&whom, "PATH=/bin:/usr/bin id -G")), known);
        let ids = said_by(&whom, "PATH=/bin:/usr/bin grep -E '^[UG]id:' /proc/self/status");
        let four = |name: &str, id: u32| format!("{name}:\t{id}\t{id}\t{id}\t{id}");
        assert_eq!(ids, format!("{}\n{}", four("Uid", whom.uid), four("Gid", whom.gid)));
    }

    #[test]
    fn a_command_has_nothing_of_the_callers_environment() {
        let environment = said_by(&myself(), "PATH=/bin:/usr/bin env -u PWD -u OLDPWD -u SHLVL -u _ -u PATH");
        assert_eq!(environment, "");
    }

    #[test]
    fn a_primary_group_that_no_list_names_is_among_the_groups() {
        let somebody = Person { uid: 1, gid: 4242, name: "no-such-account".into(), home: "/".into() };
        assert_eq!(groups_of(&somebody).unwrap(), [4242]);
    }
}
