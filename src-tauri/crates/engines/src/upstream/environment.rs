//! What engines trust by their environment: `SSL_CERT_FILE` and `SSL_CERT_DIR`, as Go reads them. The environment is
//! that of the running process; of one that does not run, what systemd says that it will be.

use std::path::{Path, PathBuf};

use config_edit::toml;
use toml_edit::{Item, Value};

use super::{AuthorityFile, Family, own};
use crate::Machine;
use crate::machine::{text, variable};

const FILE: &str = "SSL_CERT_FILE";
const FOLDERS: &str = "SSL_CERT_DIR";
/// The programs, and the unit that starts each.
const PROGRAMS: [(&str, &str, Family); 6] = [
    ("dockerd", "docker.service", Family::Docker),
    ("buildkitd", "buildkit.service", Family::Docker),
    ("containerd", "containerd.service", Family::Containerd),
    ("k3s", "k3s.service", Family::Containerd),
    ("k3s-server", "k3s.service", Family::Containerd),
    ("crio", "crio.service", Family::Podman),
];
/// What Podman sets for itself.
const CONTAINERS_CONF: &str = "/etc/containers/containers.conf";
const CONTAINERS_CONF_D: &str = "/etc/containers/containers.conf.d";
/// The system's own, which the gateway has.
const SYSTEM: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];
/// Everything crosses to the service in one message.
const MOST_BYTES: usize = 256 * 1024;

/// The certificates of each family that has some.
pub(super) fn certificates(machine: &dyn Machine) -> Vec<(Family, Vec<AuthorityFile>)> {
    let processes = machine.processes();
    let mut all = Vec::new();
    let mut left = MOST_BYTES;
    for (program, unit, family) in PROGRAMS {
        let process = processes.iter().find(|process| process.program() == program && process.uid == 0);
        let named = match process {
            Some(process) => Named::of(|name| variable(machine, process.pid, name)),
            None => of_unit(machine, unit),
        };
        all.push((family, named.read(machine, &mut left)));
    }
    let podmans = podmans(machine);
    all.push((Family::Podman, Named::of(|name| value_of(&podmans, name)).read(machine, &mut left)));
    all.retain(|(_, files)| !files.is_empty());
    all
}

/// What an environment names.
#[derive(Default)]
struct Named {
    file: Option<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Named {
    fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        let folders = value(FOLDERS).unwrap_or_default();
        let folders = folders.split(':').filter(|folder| folder.starts_with('/') && !SYSTEM.contains(folder));
        let file = value(FILE).filter(|file| file.starts_with('/')).map(PathBuf::from);
        Self { file, folders: folders.map(PathBuf::from).collect() }
    }

    fn read(self, machine: &dyn Machine, left: &mut usize) -> Vec<AuthorityFile> {
        let inside = |folder: &PathBuf| {
            let names = machine.names(folder).unwrap_or_default();
            // Ours is for the engine alone.
            let is_ours = names.iter().any(|name| name == crate::docker::CA_FILE);
            let names = names.into_iter().filter(move |_| !is_ours);
            names.map(|name| folder.join(name)).collect::<Vec<_>>()
        };
        let paths = self.file.iter().cloned().chain(self.folders.iter().flat_map(inside));
        let mut files: Vec<AuthorityFile> = Vec::new();
        for path in paths {
            let Some(pem) =
                own::text(machine, &path).filter(|pem| pem.contains("-----BEGIN CERTIFICATE-----"))
            else {
                continue;
            };
            if files.iter().any(|known| known.pem == pem) {
                continue;
            }
            match left.checked_sub(pem.len()) {
                Some(rest) => *left = rest,
                None => {
                    tracing::warn!(path = %path.display(), "left out, since there are too many certificates");
                    continue;
                }
            }
            files.push(AuthorityFile { path, pem });
        }
        files
    }
}

fn of_unit(machine: &dyn Machine, unit: &str) -> Named {
    let there = |folder: &str| matches!(machine.entry(&Path::new(folder).join(unit)), Ok(Some(_)));
    if !["/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system"].into_iter().any(there) {
        return Named::default();
    }
    let output = machine.run(&["systemctl", "show", unit, "-p", "Environment", "--value"]);
    let words: Vec<String> =
        output.stdout.split_whitespace().map(|word| word.trim_matches('"').to_owned()).collect();
    Named::of(|name| value_of(&words, name))
}

fn value_of(assignments: &[String], name: &str) -> Option<String> {
    let of = |assignment: &String| Some(assignment.strip_prefix(name)?.strip_prefix('=')?.to_owned());
    assignments.iter().rev().find_map(of)
}

/// `[engine] env` of containers.conf.
fn podmans(machine: &dyn Machine) -> Vec<String> {
    let folder = Path::new(CONTAINERS_CONF_D);
    let names = machine.names(folder).unwrap_or_default().into_iter().filter(|name| name.ends_with(".conf"));
    let files = std::iter::once(PathBuf::from(CONTAINERS_CONF)).chain(names.map(|name| folder.join(name)));
    let mut all = Vec::new();
    for file in files {
        let Some(document) = text(machine, &file).and_then(|text| toml::parse(&text).ok()) else { continue };
        let list = toml::get(&document, &["engine", "env"]).and_then(Item::as_array);
        all.extend(list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Process;
    use crate::machine::memory::Memory;

    const PEM: &str = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

    fn process(pid: u32, program: &str) -> Process {
        Process { pid, parent: 1, uid: 0, arguments: vec![program.to_owned()] }
    }

    fn found(machine: &Memory) -> Vec<(Family, Vec<String>)> {
        let shown =
            |files: Vec<AuthorityFile>| files.iter().map(|file| file.path.display().to_string()).collect();
        certificates(machine).into_iter().map(|(family, files)| (family, shown(files))).collect()
    }

    #[test]
    fn a_daemon_s_own_certificates_are_those_of_its_process_without_ours() {
        let mut machine = Memory::with(&[
            (
                "/proc/7/environ",
                "SSL_CERT_DIR=/opt/certs:/etc/ssl/certs:/var/lib/pullgate-steward/intercept\0SSL_CERT_FILE=/opt/corp.pem\0",
            ),
            ("/opt/corp.pem", PEM),
            ("/opt/certs/a.pem", &PEM.replace("AAAA", "BBBB")),
            ("/opt/certs/README", "no certificate"),
            ("/etc/ssl/certs/system.pem", PEM),
            ("/var/lib/pullgate-steward/intercept/pullgate-intercept.pem", PEM),
        ]);
        machine.running = vec![process(7, "/usr/bin/dockerd")];
        assert_eq!(
            found(&machine),
            [(Family::Docker, vec!["/opt/corp.pem".into(), "/opt/certs/a.pem".into()])]
        );
    }

    #[test]
    fn what_podman_sets_for_itself_holds_for_its_family() {
        let conf = "[engine]\nenv = [\"SSL_CERT_FILE=/opt/corp.pem\"]\n";
        let machine = Memory::with(&[("/etc/containers/containers.conf", conf), ("/opt/corp.pem", PEM)]);
        assert_eq!(found(&machine), [(Family::Podman, vec!["/opt/corp.pem".into()])]);
    }

    #[test]
    fn more_than_a_message_holds_is_left_out() {
        let large = PEM.repeat(6000);
        let mut machine = Memory::with(&[
            ("/proc/7/environ", "SSL_CERT_DIR=/opt/certs\0"),
            ("/opt/certs/large.pem", &large),
            ("/opt/certs/small.pem", PEM),
        ]);
        machine.running = vec![process(7, "containerd")];
        assert_eq!(found(&machine), [(Family::Containerd, vec!["/opt/certs/small.pem".into()])]);
    }
}
