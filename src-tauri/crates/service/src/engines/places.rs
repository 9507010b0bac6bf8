//! What of the engines' files and folders is watched: all that the service can see. What only root can see is compared
//! by the steward.

use std::path::PathBuf;

use engines::Found;

/// Folders and files of engines, there or not. A folder stands for what is in it.
const WATCHED: [&str; 15] = [
    "/etc/docker",
    "/etc/containerd",
    "/etc/containers",
    "/etc/pullgate/ca",
    "/etc/default/docker",
    "/etc/sysconfig/docker",
    "/etc/systemd/system/docker.service",
    "/etc/systemd/system/docker.service.d",
    "/etc/systemd/system/containerd.service",
    "/etc/systemd/system/containerd.service.d",
    "/run/systemd/system/docker.service.d",
    "/run/systemd/system/containerd.service.d",
    "/usr/lib/systemd/system/docker.service",
    "/usr/lib/systemd/system/containerd.service",
    "/etc/rancher",
];

/// What only root can see.
const HOMES: [&str; 3] = ["/home", "/root", "/Users"];

/// Those, and what the engines that were found say of themselves.
pub(super) fn watched(found: &[Found]) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = WATCHED.iter().map(PathBuf::from).collect();
    // What units are given, and what installers of engines write beside them.
    for unit in found.iter().filter_map(|found| found.unit.as_ref()) {
        let name = unit.trim_end_matches(".service");
        let beside = ["", ".d", ".env"].map(|end| format!("/etc/systemd/system/{unit}{end}"));
        let given = ["/etc/default", "/etc/sysconfig"].map(|folder| format!("{folder}/{name}"));
        let own = beside.into_iter().chain(given).map(PathBuf::from);
        paths.extend(own.filter(|path| !WATCHED.iter().any(|watched| path.starts_with(watched))));
    }
    for path in found.iter().flat_map(|found| &found.config) {
        let is_seen = path.is_absolute() && !HOMES.iter().any(|home| path.starts_with(home));
        if is_seen && !paths.iter().any(|watched| path.starts_with(watched)) {
            paths.push(path.clone());
        }
    }
    paths
}
