//! Why a connection that comes to the proxy front is no image's: the asking program is the machine's own git, started by
//! an engine, or it is an engine that sends its logs there. Both are the kernel's word about a process of root; what a
//! program says of itself counts for nothing.

use std::path::Path;

use host::peer::{self, Owner};
use steward_protocol::Passage;

/// git's own programs that speak HTTP, by the name of the file; the second is a link to the first on most systems.
const GIT: [&str; 2] = ["git-remote-http", "git-remote-https"];
/// The folder of git's own programs, wherever a distribution has it.
const GIT_FOLDER: &str = "git-core";
/// Engines that fetch build contexts by git, and whose logs and telemetry may go by their proxy.
const ENGINES: [&str; 3] = ["dockerd", "buildkitd", "containerd"];
/// The units that they run in, for those that are started by a script.
const UNITS: [&str; 4] =
    ["docker.service", "snap.docker.dockerd.service", "buildkit.service", "containerd.service"];
/// git starts git, which starts git's helper; an engine may start itself once more in between.
const GENERATIONS: usize = 8;

/// Looks at the process behind a socket.
pub(super) fn look(owner: Owner, host: &str, port: u16) -> Option<Passage> {
    if owner.uid != 0 {
        return None;
    }
    let pid = peer::holder(owner)?;
    let found = if is_git(pid) && is_of_engine(pid) {
        Some(Passage::Git)
    } else if runs(pid, &ENGINES) && engines::sends_logs_to(&engines::Linux, pid, host, port) {
        Some(Passage::Logs)
    } else {
        None
    };
    // The number may have become another process's meanwhile.
    found.filter(|_| peer::holder(owner) == Some(pid))
}

fn is_git(pid: u32) -> bool {
    let program = peer::installed_program(pid);
    let folder = program.as_deref().and_then(Path::parent).and_then(Path::file_name);
    folder.is_some_and(|folder| folder == GIT_FOLDER) && runs(pid, &GIT)
}

fn runs(pid: u32, programs: &[&str]) -> bool {
    let program = peer::installed_program(pid);
    let name = program.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    name.is_some_and(|name| programs.contains(&name))
}

fn is_of_engine(pid: u32) -> bool {
    let ancestors = std::iter::successors(peer::parent(pid), |pid| peer::parent(*pid));
    ancestors.take(GENERATIONS).any(|pid| runs(pid, &ENGINES)) || unit_of(pid).is_some()
}

/// The engine's unit that a process belongs to; only root puts a process into another one.
fn unit_of(pid: u32) -> Option<&'static str> {
    let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    in_unit(&groups)
}

fn in_unit(groups: &str) -> Option<&'static str> {
    let mut names = groups.lines().filter_map(|line| line.splitn(3, ':').nth(2)?.rsplit('/').next());
    names.find_map(|name| UNITS.into_iter().find(|unit| *unit == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_only_calls_itself_git_is_not_gits() {
        let me = std::process::id();
        assert!(!is_git(me) && !runs(me, &ENGINES));
        let nobody = Owner { uid: 1000, socket: 1 };
        assert_eq!(look(nobody, "git.example", 443), None);
        assert_eq!(look(Owner { uid: 0, socket: u64::MAX }, "git.example", 443), None);
    }

    #[test]
    fn a_container_below_an_engines_unit_is_not_the_engine() {
        assert_eq!(in_unit("0::/system.slice/buildkit.service\n"), Some("buildkit.service"));
        assert_eq!(in_unit("1:name=systemd:/system.slice/docker.service\n"), Some("docker.service"));
        for other in [
            "0::/system.slice/docker.service/c0ffee\n",
            "0::/user.slice\n",
            "0::/system.slice/my-docker.service\n",
            "",
        ] {
            assert_eq!(in_unit(other), None, "{other}");
        }
    }
}
