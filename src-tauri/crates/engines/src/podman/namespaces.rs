//! Mounts that hide the machine's configuration from a person's Podman. Rootless Podman keeps a process whose mount
//! namespace every later command of that person enters; what was mounted there over `/etc/containers` stays until
//! `podman system migrate`. No file of the home tells of it, and the kernel does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::machine::text;
use crate::people::people;
use crate::{Machine, Personal, Process};

/// Where the family's configuration lies.
const CONFIGURATION: &str = "/etc/containers";
/// The process that has the machine's own namespaces.
const FIRST: u32 = 1;

/// People whose processes see something else at the place of the configuration, with where it was mounted.
pub(super) fn hiding(machine: &dyn Machine, processes: &[Process]) -> Vec<Personal> {
    let Some(of_machine) = mounts(machine, FIRST) else { return Vec::new() };
    let mut all = Vec::new();
    let mut known: BTreeSet<PathBuf> = namespace(machine, FIRST).into_iter().collect();
    for person in people(machine).into_iter().filter(|person| person.uid != 0) {
        let theirs = processes.iter().filter(|process| process.uid == person.uid);
        let apart = theirs.filter(|it| namespace(machine, it.pid).is_some_and(|it| known.insert(it)));
        let seen = apart.filter_map(|process| mounts(machine, process.pid));
        all.extend(Personal::of(&person, seen.flat_map(|seen| over(&seen, &of_machine)).collect()));
    }
    all
}

fn namespace(machine: &dyn Machine, pid: u32) -> Option<PathBuf> {
    machine.link_target(Path::new(&format!("/proc/{pid}/ns/mnt")))
}

/// One mount: which file system, what of it, and where.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    device: String,
    root: PathBuf,
    point: PathBuf,
}

/// See `proc_pid_mountinfo(5)`; the last mount at a point is what is seen there.
fn mounts(machine: &dyn Machine, pid: u32) -> Option<Vec<Mount>> {
    let text = text(machine, Path::new(&format!("/proc/{pid}/mountinfo")))?;
    let mount = |line: &str| {
        let mut fields = line.split(' ').skip(2);
        let (device, root, point) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Mount { device: device.into(), root: root.into(), point: point.into() })
    };
    Some(text.lines().filter_map(mount).collect())
}

/// What of a file system is seen at a path.
fn at<'a>(mounts: &'a [Mount], path: &Path) -> Option<(&'a str, PathBuf)> {
    let above = mounts.iter().filter(|mount| path.starts_with(&mount.point));
    let mount = above.max_by_key(|mount| mount.point.components().count())?;
    let below = path.strip_prefix(&mount.point).ok()?;
    Some((&mount.device, mount.root.join(below).components().collect()))
}

/// Mounts at, above or below the configuration where the machine has something else; none where the whole tree is
/// another one, as in a container.
fn over(seen: &[Mount], of_machine: &[Mount]) -> Vec<PathBuf> {
    let root = Path::new("/");
    if at(seen, root) != at(of_machine, root) {
        return Vec::new();
    }
    let configuration = Path::new(CONFIGURATION);
    let concerns = |point: &Path| configuration.starts_with(point) || point.starts_with(configuration);
    let points = seen.iter().map(|mount| mount.point.as_path()).filter(|point| concerns(point));
    points.filter(|point| at(seen, point) != at(of_machine, point)).map(Path::to_path_buf).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    const MACHINE: &str =
        "22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n23 22 0:21 / /proc rw - proc proc rw\n";

    fn found(of_process: &str) -> Vec<Personal> {
        let mut machine = Memory::with(&[
            ("/etc/passwd", "root:x:0:0::/root:/x\nada:x:1000:1000::/home/ada:/x\n"),
            ("/proc/1/mountinfo", MACHINE),
            ("/proc/7/mountinfo", of_process),
        ]);
        for (pid, namespace) in [(1, "mnt:[1]"), (6, "mnt:[1]"), (7, "mnt:[2]"), (8, "mnt:[2]")] {
            machine.targets.borrow_mut().insert(format!("/proc/{pid}/ns/mnt").into(), namespace.into());
        }
        machine.running = [6, 7, 8]
            .map(|pid| Process {
                pid,
                parent: 1,
                uid: 1000,
                arguments: vec!["catatonit".into(), "-P".into()],
            })
            .to_vec();
        hiding(&machine, &machine.running)
    }

    fn points(more: &str) -> Vec<PathBuf> {
        found(&format!("{MACHINE}{more}")).into_iter().flat_map(|it| it.files).collect()
    }

    /// `podman unshare mount --bind EMPTY /etc/containers/registries.conf.d` left every word of `verify` as it was.
    #[test]
    fn an_empty_folder_mounted_over_the_configuration_is_found() {
        let empty = "90 22 254:1 /home/ada/empty /etc/containers/registries.conf.d rw - ext4 /dev/vda1 rw\n";
        let files = vec!["/etc/containers/registries.conf.d".into()];
        assert_eq!(found(&format!("{MACHINE}{empty}")), [Personal { uid: 1000, name: "ada".into(), files }]);
        for (source, point) in [
            ("254:1 /home/ada/policy.json", "/etc/containers/policy.json"),
            ("0:55 /", "/etc/containers"),
            ("0:55 /", "/etc"),
            ("254:1 /home/ada/x", "/etc/containers/registries.conf.d/zz-pullgate.conf"),
        ] {
            let mount = format!("91 22 {source} {point} rw - x x rw\n");
            assert_eq!(points(&mount), [PathBuf::from(point)], "{mount}");
        }
    }

    #[test]
    fn what_shows_the_machines_own_files_or_has_a_tree_of_its_own_is_no_way_round() {
        assert_eq!(points(""), Vec::<PathBuf>::new());
        for harmless in [
            "90 22 254:1 /etc /etc ro - ext4 /dev/vda1 rw\n",
            "90 22 254:1 /etc/containers /etc/containers ro - ext4 /dev/vda1 rw\n",
            "90 22 0:60 / /tmp rw - tmpfs tmpfs rw\n",
            "90 22 0:60 / /etc/resolv.conf rw - tmpfs tmpfs rw\n",
        ] {
            assert_eq!(points(harmless), Vec::<PathBuf>::new(), "{harmless}");
        }
        let container =
            "22 1 0:70 / / rw - overlay overlay rw\n23 22 0:71 / /etc/containers rw - tmpfs x rw\n";
        assert_eq!(found(container), []);
        assert_eq!(found("nonsense\n\n1 2\n"), []);
    }
}
