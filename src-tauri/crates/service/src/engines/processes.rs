//! The engines that run, as the kernel lists them: a daemon that is started by hand, or a builder in a container, has
//! no file that tells of it.

use std::path::Path;

/// Names of engines' daemons, as the kernel keeps them.
const DAEMONS: [&str; 7] =
    ["dockerd", "containerd", "buildkitd", "k3s-server", "rke2", "crio", "rootlesskit"];

/// A daemon: its process and its name.
pub(super) type Running = (u32, String);

/// Every one of them, in the order of their numbers.
pub(super) fn of_engines() -> Vec<Running> {
    let entries = Path::new("/proc").read_dir().into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut running: Vec<Running> = numbers.filter_map(daemon).collect();
    running.sort();
    running
}

fn daemon(number: u32) -> Option<Running> {
    let name = host::files::read_limited(Path::new(&format!("/proc/{number}/comm")), 64).ok()??;
    let name = String::from_utf8(name).ok()?;
    DAEMONS.contains(&name.trim()).then(|| (number, name.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_is_no_engine_is_not_listed() {
        assert_eq!(daemon(std::process::id()), None);
        assert_eq!(daemon(u32::MAX), None);
    }
}
