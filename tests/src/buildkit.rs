//! A BuildKit daemon in the laptop, which no Debian package has: the real BuildKit inside a second Docker Engine, as the
//! main process of `buildkit.service`, with BuildKit's own socket in front of it. `PULLGATE_BUILDKITD` and
//! `PULLGATE_BUILDCTL` name a real daemon and its client, which then take their place.

use std::env;
use std::path::PathBuf;

use crate::laptop::{Laptop, Options, Output, lab_binary};

/// The unit of the daemon.
pub const UNIT: &str = "buildkit.service";
/// Where the program of the unit lies, so that a test can replace it.
pub const PROGRAM: &str = "/usr/local/bin/buildkitd";

const SOCKET: &str = "unix:///run/buildkit/buildkitd.sock";
const SERVICE: &str = "[Unit]
Description=BuildKit
After=containerd.service network.target

[Service]
Type=notify
ExecStart=/usr/local/bin/buildkitd
TimeoutStopSec=20
";
/// The engine takes the place of the shell: the unit's main process is the daemon itself, in the unit's environment.
const DAEMON: &str = r#"#!/bin/bash
if [ "$1" = --version ]; then echo 'buildkitd github.com/moby/buildkit v0.13.2 lab'; exit; fi
mkdir -p /run/buildkit
/opt/lab/buildkit-socket /run/buildkit/buildkitd.sock /run/buildkit/docker.sock &
exec -a /usr/local/bin/buildkitd dockerd --config-file /etc/buildkit/engine.json --host unix:///run/buildkit/docker.sock \
  --data-root /run/buildkit/root --exec-root /run/buildkit/exec --pidfile /run/buildkit/docker.pid --bridge none \
  --iptables=false --ip6tables=false --containerd /run/containerd/containerd.sock --containerd-namespace buildkit \
  --containerd-plugins-namespace buildkit-plugins
"#;
const REAL_DAEMON: &str = r#"#!/bin/bash
if [ "$1" = --version ]; then exec /opt/lab/real-buildkitd --version; fi
mkdir -p /run/buildkit
exec -a /usr/local/bin/buildkitd /opt/lab/real-buildkitd --root /run/buildkit/root --containerd-worker=false
"#;

/// Adds the daemon, which starts with the laptop.
pub fn with_buildkit(options: Options) -> Options {
    let options = options.unit(UNIT, SERVICE).file("/etc/buildkit/engine.json", "{}\n");
    let (options, daemon) = match handed_in("PULLGATE_BUILDKITD") {
        Some(path) => (options.binary("real-buildkitd", &path), REAL_DAEMON),
        None => (options.binary("buildkit-socket", &lab_binary("buildkit-socket")), DAEMON),
    };
    let options = options.program(PROGRAM, daemon).until("BuildKit serves", serves);
    match handed_in("PULLGATE_BUILDCTL") {
        Some(path) => options
            .binary("real-buildctl", &path)
            .program("/usr/local/bin/buildctl", "#!/bin/sh\nexec /opt/lab/real-buildctl \"$@\"\n"),
        None => options,
    }
}

fn handed_in(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from)
}

/// Whether the daemon's socket is there and the daemon is up.
pub fn serves(laptop: &Laptop) -> bool {
    let up = format!("systemctl is-active --quiet {UNIT} && test -S /run/buildkit/buildkitd.sock");
    laptop.run(&up).code == 0
}

/// The daemon's process.
pub fn main_pid(laptop: &Laptop) -> String {
    laptop.must(&format!("systemctl show {UNIT} --property MainPID --value")).stdout.trim().to_owned()
}

/// The command that builds a Dockerfile by the daemon: `buildctl` where one was handed in, else Docker's own client.
pub fn build_command(folder: &str) -> String {
    match handed_in("PULLGATE_BUILDCTL") {
        Some(_) => format!(
            "buildctl --addr {SOCKET} build --progress plain --no-cache --frontend dockerfile.v0 \
             --local context={folder} --local dockerfile={folder}"
        ),
        None => format!(
            "{{ docker buildx inspect lab || docker buildx create --name lab --driver remote {SOCKET}; }} > /dev/null 2>&1; \
             docker buildx build --builder lab --progress plain --no-cache {folder}"
        ),
    }
}

/// Builds a Dockerfile by the daemon.
pub fn build(laptop: &Laptop, dockerfile: &str) -> Output {
    laptop.write_file("/root/build/Dockerfile", dockerfile);
    laptop.run(&build_command("/root/build"))
}
