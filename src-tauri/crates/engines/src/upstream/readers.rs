//! Who can read a file besides root: what only root can read is root's to show. Groups are those of the machine's own
//! files, so whoever a directory puts into one is not counted, and neither is whoever an access list names.

use std::collections::BTreeSet;
use std::path::Path;

use super::Readers;
use crate::Machine;
use crate::machine::{Attributes, text};

/// Permissions for others, the group and the owner: to read a file, and to go through a folder.
const READ: u32 = 0o4;
const PASS: u32 = 0o1;

pub(super) fn of(machine: &dyn Machine, path: &Path) -> Readers {
    let real = machine.real(path);
    let mut readers = Readers { everybody: true, users: BTreeSet::new() };
    for (depth, part) in real.ancestors().enumerate() {
        let Ok(Some(entry)) = machine.entry(part) else { continue };
        let wanted = if depth == 0 { READ } else { PASS };
        let here = permitted(machine, entry.attributes, wanted);
        readers = both(readers, here);
    }
    readers
}

fn permitted(machine: &dyn Machine, Attributes { mode, uid, gid }: Attributes, wanted: u32) -> Readers {
    if mode & wanted != 0 {
        return Readers { everybody: true, users: BTreeSet::new() };
    }
    let mut users = BTreeSet::new();
    if mode & (wanted << 6) != 0 {
        users.insert(uid);
    }
    if mode & (wanted << 3) != 0 {
        users.extend(members(machine, gid).into_iter().filter(|member| *member != uid));
    }
    Readers { everybody: false, users }
}

fn both(one: Readers, other: Readers) -> Readers {
    match (one.everybody, other.everybody) {
        (true, _) => other,
        (_, true) => one,
        (false, false) => Readers { everybody: false, users: &one.users & &other.users },
    }
}

/// Those who have the group as their own, and those whom it lists.
fn members(machine: &dyn Machine, gid: u32) -> BTreeSet<u32> {
    let of = |file: &str| text(machine, Path::new(file)).unwrap_or_default();
    let (groups, accounts) = (of("/etc/group"), of("/etc/passwd"));
    let gid = gid.to_string();
    let listed: Vec<&str> = groups
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .filter(|fields| fields.get(2) == Some(&gid.as_str()))
        .flat_map(|fields| fields.get(3).copied().unwrap_or_default().split(','))
        .collect();
    let member = |line: &str| {
        let fields: Vec<&str> = line.split(':').collect();
        let is_member =
            fields.get(3) == Some(&gid.as_str()) || fields.first().is_some_and(|name| listed.contains(name));
        fields.get(2)?.parse().ok().filter(|_| is_member)
    };
    accounts.lines().filter_map(member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    const KEY: &str = "/etc/docker/certs.d/r.example/client.key";

    fn readers(mode: u32, uid: u32, gid: u32) -> Readers {
        let accounts = "root:x:0:0::/root:/x\nada:x:1000:1000::/home/ada:/x\nbob:x:1001:50::/home/bob:/x\n";
        let machine = Memory::with(&[("/etc/passwd", accounts), ("/etc/group", "root:x:0:\npki:x:50:ada\n")]);
        machine.put(KEY, b"key");
        machine.write(Path::new(KEY), b"key", Attributes { mode, uid, gid }).unwrap();
        of(&machine, Path::new(KEY))
    }

    fn users(users: &[u32]) -> Readers {
        Readers { everybody: false, users: users.iter().copied().collect() }
    }

    #[test]
    fn a_key_has_the_readers_that_its_permissions_give_it() {
        assert_eq!(readers(0o600, 0, 0), users(&[0]));
        assert_eq!(readers(0o644, 0, 0), Readers { everybody: true, ..Readers::default() });
        assert_eq!(readers(0o640, 0, 50), users(&[0, 1000, 1001]));
        assert_eq!(readers(0o600, 1000, 50), users(&[1000]));
    }

    #[test]
    fn whoever_cannot_reach_a_file_cannot_read_it() {
        let everybody = || Readers { everybody: true, users: BTreeSet::new() };
        assert_eq!(both(everybody(), users(&[0])), users(&[0]));
        assert_eq!(both(users(&[0, 1000]), everybody()), users(&[0, 1000]));
        assert_eq!(both(users(&[0, 1000]), users(&[0, 1001])), users(&[0]));
    }
}
