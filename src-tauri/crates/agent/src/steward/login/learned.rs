//! What a person's process says about where they keep logins: two variables of its environment, and nothing else.

use std::path::Path;

use host::files::read_limited;

const LARGEST_ENVIRONMENT: u64 = 4 << 20;
const LONGEST_PATH: usize = 4096;
const NAMES: [&str; 2] = ["REGISTRY_AUTH_FILE", "DOCKER_CONFIG"];

/// The variables of a process, if it is that person's; a process that has ended says nothing.
pub(super) fn from_process(pid: u32, uid: u32) -> Vec<(&'static str, String)> {
    let folder = Path::new("/proc").join(pid.to_string());
    let read = |name: &str| read_limited(&folder.join(name), LARGEST_ENVIRONMENT).ok().flatten();
    match read("status") {
        Some(status) if owner(&String::from_utf8_lossy(&status)) == Some(uid) => {
            read("environ").map(|environment| variables(&environment)).unwrap_or_default()
        }
        Some(_) | None => Vec::new(),
    }
}

/// The real user of a process, by its `status` file.
fn owner(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Absolute paths only: what a relative one is relative to may have changed since.
fn variables(environment: &[u8]) -> Vec<(&'static str, String)> {
    let entries: Vec<&str> =
        environment.split(|byte| *byte == 0).filter_map(|it| str::from_utf8(it).ok()).collect();
    let value = |name: &str| {
        let mut values = entries.iter().filter_map(|entry| entry.strip_prefix(name)?.strip_prefix('='));
        values.next().filter(|value| value.starts_with('/') && value.len() <= LONGEST_PATH)
    };
    NAMES.into_iter().filter_map(|name| Some((name, value(name)?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        process::{Command, Stdio},
    };

    use super::*;

    fn learned(environment: &str) -> Vec<String> {
        variables(environment.as_bytes()).into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn two_variables_are_learned_and_no_other() {
        let environment =
            "HOME=/home/ada\0REGISTRY_AUTH_FILE=/tmp/ci.json\0LD_PRELOAD=/tmp/x.so\0DOCKER_CONFIG=/srv/d\0";
        assert_eq!(learned(environment), ["REGISTRY_AUTH_FILE=/tmp/ci.json", "DOCKER_CONFIG=/srv/d"]);
    }

    #[test]
    fn only_the_first_absolute_path_counts() {
        assert_eq!(learned("REGISTRY_AUTH_FILE=ci.json\0DOCKER_CONFIG=\0"), [""; 0]);
        assert_eq!(learned("REGISTRY_AUTH_FILE=/a\0REGISTRY_AUTH_FILE=/b\0"), ["REGISTRY_AUTH_FILE=/a"]);
        assert_eq!(learned("XREGISTRY_AUTH_FILE=/a\0REGISTRY_AUTH_FILES=/b\0\0"), [""; 0]);
        assert_eq!(learned(&format!("DOCKER_CONFIG=/{}\0", "a".repeat(LONGEST_PATH))), [""; 0]);
        assert_eq!(variables(b"DOCKER_CONFIG=/\xff\0"), []);
    }

    #[test]
    fn a_process_tells_about_its_own_person_only() {
        let uid = rustix::process::getuid().as_raw();
        let mut process = Command::new("cat")
            .env("DOCKER_CONFIG", "/srv/docker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Once it answers, its environment is its own.
        process.stdin.as_mut().unwrap().write_all(b"!").unwrap();
        process.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        assert_eq!(from_process(process.id(), uid), [("DOCKER_CONFIG", "/srv/docker".to_owned())]);
        assert_eq!(from_process(process.id(), uid + 1), []);
        drop(process.stdin.take());
        process.wait().unwrap();
        assert_eq!(from_process(process.id(), uid), []);
    }
}
