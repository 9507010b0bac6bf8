//! What the host needs before anything can run: a few stock Debian packages, installed after asking.

use std::env;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::Command;

use crate::run::{cargo, quiet_step, step};

/// A program, and the Debian packages that bring it.
type Needed = (&'static str, &'static str);

/// For a laptop, its identity provider and the browser that signs in there.
const LAPTOP: &[Needed] = &[
    ("cc", "gcc libc6-dev"),
    ("mmdebstrap", "mmdebstrap debian-archive-keyring"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("findmnt", "util-linux"),
    ("ip", "iproute2"),
    ("pgrep", "procps"),
    ("npm", "npm"),
    ("chromium", "chromium fonts-dejavu-core"),
    ("chromedriver", "chromium-driver"),
];

/// For packages, the tray and other systems.
const BUILD: &[Needed] = &[
    ("pip3", "python3-pip"),
    ("pkg-config", "pkg-config"),
    ("dpkg-shlibdeps", "dpkg-dev"),
    ("rpmbuild", "rpm"),
    ("rsvg-convert", "librsvg2-bin"),
    ("desktop-file-validate", "desktop-file-utils"),
    ("groff", "groff-base"),
];

/// A library that the tray is linked with, by its name for `pkg-config`, and the Debian package that brings it.
const LINKED: &[(&str, &str)] = &[("webkit2gtk-4.1", "libwebkit2gtk-4.1-dev")];

/// Installs what is missing to boot a laptop.
pub(crate) fn prepare_laptop() -> Result<(), String> {
    install(missing(LAPTOP).collect())
}

/// Installs whatever is missing.
pub(crate) fn prepare() -> Result<(), String> {
    let libraries = LINKED.iter().filter(|(library, _)| !is_linkable(library)).map(|(_, package)| *package);
    install(missing(LAPTOP).chain(missing(BUILD)).chain(libraries).collect())?;
    for component in ["fmt", "clippy"] {
        let found = cargo(&[component, "--version"]).output().is_ok_and(|output| output.status.success());
        if !found {
            let name = if component == "fmt" { "rustfmt" } else { component };
            step(&format!("install {name}"), Command::new("rustup").args(["component", "add", name]))?;
        }
    }
    Ok(())
}

/// Whether this process may do everything.
pub(crate) fn is_root() -> bool {
    let identity = Command::new("id").arg("-u").output();
    identity.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn missing(needed: &'static [Needed]) -> impl Iterator<Item = &'static str> {
    needed.iter().filter(|(program, _)| !is_installed(program)).flat_map(|(_, packages)| packages.split(' '))
}

fn install(mut packages: Vec<&str>) -> Result<(), String> {
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !is_installed("apt-get") {
        return Err(format!("the tests need these Debian packages or their like: {list}"));
    }
    if !is_root() && env::var_os("CI").is_none() && !agrees(&list) {
        return Err(format!("the tests cannot run without: {list}"));
    }
    let prefix: &[&str] = if is_root() { &[] } else { &["sudo"] };
    let words: Vec<&str> = [prefix, &["apt-get"]].concat();
    let apt = |arguments: &[&str]| {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    quiet_step("apt-get update", &mut apt(&["update"]))?;
    let install = ["install", "-y", "--no-install-recommends"];
    quiet_step(&format!("install {list}"), apt(&install).args(packages))
}

fn agrees(list: &str) -> bool {
    print!("The tests need these packages: {list}. Install them with sudo? [y/N] ");
    let _ = io::stdout().flush();
    let mut line = String::new();
    let _ = io::stdin().lock().read_line(&mut line);
    line.trim().eq_ignore_ascii_case("y")
}

fn is_linkable(library: &str) -> bool {
    let found = Command::new("pkg-config").args(["--exists", library]).status();
    found.is_ok_and(|status| status.success())
}

/// Whether there is a program of this name.
pub(crate) fn is_installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let extra = ["/usr/sbin", "/sbin"].map(Path::new).map(Path::to_path_buf);
    env::split_paths(&path).chain(extra).any(|folder| folder.join(program).is_file())
}
