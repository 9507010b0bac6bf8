//! Engines that people run for themselves. Their daemon has a network of its own, in which the gateway's loopback
//! address is the daemon's, and every file that rules it is the person's: they are shown and not routed.

use std::path::{Path, PathBuf};

use crate::homes::{Person, people};
use crate::machine::InHome;
use crate::{EngineId, Facts, Found, Machine, Process, Why};

/// Program, unit below `~/.config/systemd/user`, configuration below `~/.config`.
const KINDS: [(&str, EngineId, &str, &str); 3] = [
    ("dockerd", EngineId::Docker, "docker.service", "docker/daemon.json"),
    ("containerd", EngineId::Containerd, "containerd.service", "containerd/config.toml"),
    ("buildkitd", EngineId::Buildkit, "buildkit.service", "buildkit/buildkitd.toml"),
];

/// Those that are set up but have no process now.
pub(crate) fn stopped(machine: &dyn Machine, processes: &[Process]) -> Vec<Found> {
    let mut found = Vec::new();
    for person in people(machine).into_iter().filter(|person| person.uid != 0) {
        for (program, engine, unit, _) in KINDS {
            let unit = Path::new(".config/systemd/user").join(unit);
            let is_theirs = |it: &Process| it.uid == person.uid && it.program() == program;
            let is_there = machine.in_home(&person.home, person.uid, &unit) == InHome::There;
            if is_there && !processes.iter().any(is_theirs) {
                // Everybody hears of it, so it is told as the person would write it.
                let unit = Path::new("~").join(unit);
                let why = Why::RootlessStopped { program: program.into(), uid: person.uid, unit };
                found.push(shown(engine, config(&person, program), why));
            }
        }
    }
    found
}

/// One that runs.
pub(crate) fn running(machine: &dyn Machine, process: &Process) -> Option<Found> {
    let program = process.program();
    let (_, engine, ..) = KINDS.into_iter().find(|(known, ..)| *known == program)?;
    let owner = people(machine).into_iter().find(|person| person.uid == process.uid);
    let config = owner.map(|person| config(&person, program)).unwrap_or_default();
    let why = Why::Rootless { program: program.into(), pid: process.pid, uid: process.uid };
    Some(shown(engine, config, why))
}

fn config(person: &Person, program: &str) -> Vec<PathBuf> {
    let of_kind = KINDS.iter().filter(|(known, ..)| *known == program);
    of_kind.map(|(.., file)| person.home.join(".config").join(file)).collect()
}

fn shown(engine: EngineId, config: Vec<PathBuf>, why: Why) -> Found {
    Found {
        engine,
        name: engine.name().to_owned(),
        version: None,
        unit: None,
        config,
        facts: Facts::Unknown,
        routable: Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    #[test]
    fn engines_of_people_are_shown_whether_they_run_or_not() {
        let accounts = "root:x:0:0::/root:/x\nada:x:1000:1000::/home/ada:/x\nbob:x:1001:1001::/home/bob:/x\n";
        let mut machine = Memory::with(&[
            ("/etc/passwd", accounts),
            ("/home/ada/.config/systemd/user/docker.service", "[Service]\n"),
            ("/home/ada/.config/docker/daemon.json", "{}"),
            ("/home/bob/.config/systemd/user/containerd.service", "[Service]\n"),
        ]);
        let arguments = vec!["/usr/bin/dockerd".to_owned()];
        machine.running = vec![Process { pid: 40, parent: 39, uid: 1000, arguments }];
        let shown = crate::unmanaged::find(&machine).into_iter().map(|it| {
            let config: Vec<_> = it.config.iter().map(|path| path.display().to_string()).collect();
            format!("{} ({}): {}", it.name, config.join(" "), it.routable.unwrap_err())
        });
        insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
    }
}
