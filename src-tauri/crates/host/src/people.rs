//! The people of this machine: names and home folders of user ids, who is a human, and who belongs to a
//! group. A lookup asks every source the machine is set up with, directory services included; a list has
//! the accounts the machine itself keeps, since directories rarely tell theirs.

#[cfg(unix)]
mod posix;
#[cfg(target_os = "linux")]
mod run_as;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use posix::{Person, accounts, accounts_in, by_name, by_uid, gid_of, humans};
#[cfg(target_os = "linux")]
pub use run_as::command_as;
#[cfg(windows)]
pub use windows::{Person, Sid, by_sid, humans};

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
    }

    #[test]
    fn every_group_of_the_machine_has_the_members_its_file_lists() {
        for line in std::fs::read_to_string("/etc/group").unwrap().lines() {
            let fields: Vec<_> = line.split(':').collect();
            let listed: Vec<String> =
                fields[3].split(',').filter(|name| !name.is_empty()).map(String::from).collect();
            let members = unix::members_of(fields[2].parse().unwrap()).unwrap();
            assert_eq!(members, Some(listed), "{}", fields[0]);
        }
    }

    #[test]
    fn a_group_has_its_number_and_nobody_human_is_in_the_system_s_own() {
        assert_eq!((gid_of("root").unwrap(), gid_of("no-such-group").unwrap()), (Some(0), None));
        assert!(!accounts_in(0).unwrap().iter().any(Person::is_human));
    }

    #[test]
    fn accounts_of_services_are_in_their_groups_too() {
        let daemon = by_name("daemon").unwrap().unwrap();
        assert!(!daemon.is_human() && accounts_in(daemon.gid).unwrap().contains(&daemon));
        assert!(accounts().unwrap().contains(&daemon));
    }

    #[test]
    fn everybody_is_in_the_group_that_is_their_primary_one() {
        for person in humans().unwrap() {
            assert!(accounts_in(person.gid).unwrap().contains(&person), "{person:?}");
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
