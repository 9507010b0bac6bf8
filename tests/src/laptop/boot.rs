//! From a description to a running laptop.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Laptop, Options, Root, lab_binary};

const KEEPER: &str = include_str!("keeper.sh");
const INIT: &str = include_str!("init.sh");
const WAREHOUSE: &str = include_str!("warehouse.service");
const WAREHOUSE_CONFIG: &str = include_str!("warehouse.yml");
const CONTAINERS: &str = include_str!("containers.conf");
const INTERNET: &str = include_str!("internet.service");

/// Units of the root that no laptop needs.
const NEVER: &[&str] = &[
    "docker-registry.service",
    "nginx.service",
    "tinyproxy.service",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "fstrim.timer",
    "logrotate.timer",
    "getty.target",
    "netavark-dhcp-proxy.socket",
    "podman.socket",
    "podman.service",
    "podman-auto-update.timer",
    "podman-restart.service",
    "systemd-pstore.service",
    "systemd-firstboot.service",
    "systemd-update-utmp.service",
    "proc-sys-fs-binfmt_misc.automount",
];

pub(super) fn boot(options: &Options) -> Laptop {
    assert!(effective_user() == "0", "a laptop is booted by root: run this with `sudo` or in a container");
    let root = match (options.desktop, options.scanners) {
        (true, _) => Root::ensure_desktop(),
        (false, true) => Root::ensure_scanners(),
        (false, false) => Root::ensure(),
    };
    let lab = scratch();
    lay_out(&lab, options);
    let mut keeper = Command::new("/bin/bash")
        .arg(lab.join("keeper.sh"))
        .args([root.lower().as_ref(), lab.as_os_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("bash is installed");
    let mut line = String::new();
    let output = keeper.stdout.take().expect("the output is a pipe");
    let _ = BufReader::new(output).read_line(&mut line);
    let console = || fs::read_to_string(lab.join("console.log")).unwrap_or_default();
    let Ok(pid) = line.trim().parse() else { panic!("the laptop did not boot:\n{}", console()) };
    let laptop = Laptop { keeper, pid, lab };
    laptop.wait_for("systemd is up", |laptop| {
        let state = laptop.run("systemctl is-system-running --wait").stdout;
        matches!(state.trim(), "running" | "degraded")
    });
    laptop.wait_for("the internet is up", |laptop| laptop.internet().is_ready());
    for (what, condition) in &options.awaited {
        laptop.wait_for(what, condition);
    }
    laptop
}

fn lay_out(lab: &Path, options: &Options) {
    write(&lab.join("keeper.sh"), KEEPER);
    write(&lab.join("init.sh"), INIT);
    let own =
        ["internet", "cri-pull", "frontend", "forward-proxy"].map(|name| (name.to_owned(), lab_binary(name)));
    let lines: Vec<String> = own
        .iter()
        .chain(&options.binaries)
        .map(|(name, path)| format!("{name} {}\n", path.display()))
        .collect();
    write(&lab.join("binaries"), lines.concat());
    let overlay = lab.join("overlay");
    let units = overlay.join("etc/systemd/system");
    let wanted = units.join("multi-user.target.wants");
    fs::create_dir_all(&wanted).expect("the scratch folder is writable");
    for unit in NEVER.iter().copied().chain(options.masked.iter().map(String::as_str)) {
        let _ = symlink("/dev/null", units.join(unit));
    }
    let own = [("warehouse.service", WAREHOUSE), ("internet.service", INTERNET)];
    let wanted_too = options.units.iter().map(|(unit, text)| (unit.as_str(), text.as_str()));
    for (unit, text) in own.into_iter().chain(wanted_too) {
        write(&units.join(unit), text);
        symlink(format!("../{unit}"), wanted.join(unit)).expect("the scratch folder is writable");
    }
    write(&overlay.join("etc/warehouse.yml"), WAREHOUSE_CONFIG);
    write(&overlay.join("etc/containers/containers.conf.d/laptop.conf"), CONTAINERS);
    for (path, content) in &options.files {
        write(&overlay.join(path.trim_start_matches('/')), content);
    }
    for (path, content) in &options.programs {
        let place = overlay.join(path.trim_start_matches('/'));
        write(&place, content);
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755))
            .expect("the scratch folder is writable");
    }
}

fn scratch() -> PathBuf {
    let lab = tempfile::Builder::new().prefix("pullgate-lab-").tempdir().expect("`/tmp` is writable").keep();
    fs::DirBuilder::new().mode(0o755).create(lab.join("overlay")).expect("the scratch folder is writable");
    lab
}

#[expect(clippy::disallowed_methods, reason = "a scratch folder that no one reads before it is complete")]
fn write(path: &Path, content: impl AsRef<[u8]>) {
    let folder = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).expect("the scratch folder is writable");
    fs::write(path, content).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}

fn effective_user() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap_or_default();
    line.split_whitespace().nth(1).unwrap_or_default().to_owned()
}
