//! The way out of the process that asks. An engine without a daemon has no other, and a daemon whose environment is its
//! person's own tells by it as well.

use std::path::Path;

use egress::Egress;

use super::engine_egress::egress;
use crate::environment::{proxies, variable};
use crate::podman::containers_conf::{self, ContainersEnv};
use crate::{Machine, drop_in};

/// Programs that take what containers.conf gives them for what their environment does not have. Skopeo does not read it.
const TAKERS: [&str; 2] = ["podman", "buildah"];
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// What a process was started with.
pub struct ProcessEnvironment {
    program: String,
    set: Vec<(String, String)>,
}

impl ProcessEnvironment {
    /// Reads what the kernel keeps of it; none of a process that was started with what we give an engine.
    pub fn read(program: &str, environ: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(environ);
        let pair = |it: &str| it.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        let set: Vec<(String, String)> = text.split('\0').filter_map(pair).collect();
        let ours = drop_in::is_ours(variable(&set, "NO_PROXY"));
        (!ours).then(|| Self { program: program.to_owned(), set })
    }

    /// A variable of it.
    pub fn value(&self, name: &str) -> Option<&str> {
        variable(&self.set, name)
    }

    /// What containers.conf gives it: the machine's files, or `Err` where the person has files of their own to read.
    pub fn containers_env(
        &self,
        machine: &dyn Machine,
        home: &Path,
        owner: u32,
    ) -> Result<Option<ContainersEnv>, OwnFiles> {
        if !TAKERS.contains(&self.program.as_str()) {
            return Ok(None);
        }
        let named = |name: &str| self.value(name).filter(|value| value.starts_with('/')).map(Into::into);
        if containers_conf::has_own(machine, (home, owner), &named) {
            return Err(OwnFiles);
        }
        Ok(containers_conf::of_system(machine))
    }

    /// The way out, directly included, with what containers.conf gives it.
    pub fn egress(&self, given: Option<&ContainersEnv>) -> Egress {
        let in_file = |name: &str| given.and_then(|given| variable(&given.set, name));
        let found = proxies(|name| self.value(name).or_else(|| in_file(name)));
        let own = PROXIES.iter().find(|name| self.value(name).is_some_and(|value| !value.is_empty()));
        let file = given.map(|given| given.file.display().to_string()).unwrap_or_default();
        let place = own.map_or(file, |name| format!("{name} of the process"));
        egress(&self.program, &place, &found)
    }
}

/// The person has files of their own, which only a process of theirs may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnFiles;

/// What containers.conf gives to engines of whoever calls.
pub fn own_containers_env(
    machine: &dyn Machine,
    home: &Path,
    variable: &dyn Fn(&str) -> Option<std::path::PathBuf>,
) -> Option<ContainersEnv> {
    containers_conf::of_caller(machine, home, variable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    fn shown(program: &str, environ: &str, machine: &Memory) -> String {
        let process = ProcessEnvironment::read(program, environ.as_bytes()).unwrap();
        let given = process.containers_env(machine, Path::new("/home/ada"), 1000).unwrap();
        let egress = process.egress(given.as_ref());
        format!("{:?} by {}", egress.settings.https.unwrap_or_default(), egress.source)
    }

    #[test]
    fn a_process_goes_out_as_its_environment_says() {
        let conf = "[engine]\nenv = [\"HTTPS_PROXY=http://conf:1\", \"NO_PROXY=.acme\"]\n";
        let machine = Memory::with(&[("/etc/containers/containers.conf", conf)]);
        let own = "HOME=/home/ada\0https_proxy=http://corp%5Cada:p%231@own:2\0";
        assert_eq!(
            [
                shown("buildah", "HOME=/home/ada\0", &machine),
                shown("skopeo", "HOME=/home/ada\0", &machine),
                shown("podman", own, &machine),
                shown("podman", "HTTPS_PROXY=http://own:2\0", &machine),
                shown("podman", "HTTPS_PROXY=\0", &machine),
                shown("containerd", own, &machine),
                shown("crio", "", &machine),
            ],
            [
                "\"http://conf:1\" by buildah, `/etc/containers/containers.conf`",
                "\"\" by no proxy",
                "\"http://conf:1\" by podman, `https_proxy of the process`",
                "\"http://own:2\" by podman, `HTTPS_PROXY of the process`",
                "\"\" by no proxy",
                "\"http://corp%5Cada:p%231@own:2\" by containerd, `https_proxy of the process`",
                "\"\" by no proxy",
            ]
        );
        assert!(ProcessEnvironment::read("dockerd", b"NO_PROXY=pullgate.invalid\0").is_none());
    }

    #[test]
    fn files_of_a_person_are_left_to_a_process_of_theirs() {
        let machine = Memory::with(&[("/home/ada/.config/containers/containers.conf", "")]);
        let process = ProcessEnvironment::read("podman", b"").unwrap();
        assert_eq!(process.containers_env(&machine, Path::new("/home/ada"), 1000).err(), Some(OwnFiles));
        assert_eq!(process.containers_env(&machine, Path::new("/home/bob"), 1001).unwrap(), None);
    }
}
