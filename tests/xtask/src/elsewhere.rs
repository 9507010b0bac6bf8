//! `cargo xtask elsewhere`: type-checks `host` for Windows and macOS. Debian's compiler can build their standard
//! library from its sources; it is an older one, so a copy of `host` stands alone there, with a lock file of its own.
//! Everything is downloaded here, where cargo is set up; in Debian's root nothing asks the network.

mod manifest;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::machine::prepare;
use crate::run::{cargo, checkout, step, target};

const PACKAGES: &str = include_str!("../../elsewhere/packages.txt");
const CHECK: &str = include_str!("../../elsewhere/check.sh");
const RENEW: &str = "run `cargo xtask elsewhere --renew`";
/// Where rust-src lies in the root.
const SOURCES: &str = "usr/lib/rustlib/src/rust/library/Cargo.toml";

pub(crate) fn elsewhere(arguments: &[String]) -> Result<(), String> {
    prepare()?;
    match arguments {
        [] => check(),
        [flag] if flag == "--renew" => renew(),
        other => Err(format!("`{}` is not known here; there is `--renew`", other.join(" "))),
    }
}

/// Checks it for every other system.
pub(crate) fn check() -> Result<(), String> {
    let root = roots::debian(PACKAGES, &[])?;
    let copy = lay_out()?;
    let fetched = step("other systems: packages", &mut fetch(&copy.join("Cargo.toml")));
    fetched.map_err(|error| format!("{error}; where `host` has other dependencies now: {RENEW}"))?;
    step("other systems: standard library", &mut fetch(&sources(&root)?))?;
    step("other systems", &mut enter(&root, &copy))
}

/// Chooses versions that Debian's compiler understands, and keeps the choice in the checkout.
fn renew() -> Result<(), String> {
    let copy = lay_out()?;
    let mut choose = cargo(&["generate-lockfile", "--manifest-path"]);
    step("other systems: versions", choose.arg(copy.join("Cargo.toml")))?;
    let copied = fs::copy(copy.join("Cargo.lock"), lock());
    copied.map_err(|error| format!("cannot write {}: {error}", lock().display()))?;
    check()
}

/// The copy: a manifest that needs no workspace, and the lock file; the sources are lent to the root as they are.
fn lay_out() -> Result<PathBuf, String> {
    let copy = folder().join("host");
    fs::create_dir_all(copy.join("src"))
        .map_err(|error| format!("cannot make {}: {error}", copy.display()))?;
    let (own, workspace) = (read(&host().join("Cargo.toml"))?, read(&checkout().join("Cargo.toml"))?);
    put(&copy.join("Cargo.toml"), &manifest::alone(&own, &workspace)?)?;
    put(&copy.join("Cargo.lock"), &read(&lock())?)?;
    // What the real sources are laid over: out here, cargo only wants to see a crate.
    put(&copy.join("src/lib.rs"), "")?;
    Ok(copy)
}

#[expect(clippy::disallowed_methods, reason = "nobody else reads the copy")]
fn put(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn fetch(manifest: &Path) -> Command {
    let mut fetch = cargo(&["fetch", "--quiet", "--locked", "--manifest-path"]);
    // The standard library's own manifests use what only its compiler may.
    fetch.arg(manifest).env("RUSTC_BOOTSTRAP", "1");
    fetch
}

fn enter(root: &Path, copy: &Path) -> Command {
    let mut enter = Command::new("unshare");
    enter.args(["--mount", "--pid", "--fork", "--kill-child", "/bin/bash", "-c", CHECK, "check.sh"]);
    enter.args([root, copy, &host().join("src"), &folder().join("target"), &cargo_home()]);
    enter
}

fn sources(root: &Path) -> Result<PathBuf, String> {
    let path = root.join(SOURCES);
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!("the standard library's sources are not at {}", path.display()))
    }
}

/// Beside the folder of the tests, so that neither waits for the other.
fn folder() -> PathBuf {
    target().with_file_name("elsewhere")
}

fn host() -> PathBuf {
    checkout().join("src-tauri/crates/host")
}

fn lock() -> PathBuf {
    checkout().join("tests/elsewhere/Cargo.lock")
}

fn cargo_home() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
