//! What the product is made of: `cargo xtask test` asks for licenses, sources, unused dependencies and spelling, `cargo xtask audit`
//! for advisories, whose database has to be brought.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{checkout, step};

const CONFIGURATION: &str = ".cargo/deny.toml";
/// The programs that people get: each is judged by its own graph, so that what only tests need is nobody's.
const PROGRAMS: &[&str] = &["src-tauri/crates/pullgate/Cargo.toml", "src-tauri/Cargo.toml"];

/// Fails where a dependency has a license that is not allowed, is banned, is from elsewhere, is not used,
/// or a word is misspelled.
pub(crate) fn check() -> Result<(), String> {
    let tools = tools()?;
    for program in PROGRAMS {
        step(
            &format!("licenses, bans and sources of {program}"),
            deny(&tools, program).args(["licenses", "bans", "sources"]),
        )?;
    }
    step("unused dependencies", Command::new(tools.join("cargo-shear")).current_dir(checkout()))?;
    step("spelling", Command::new(tools.join("typos")).current_dir(checkout()))
}

/// `cargo xtask audit --db PATH`: what is known against the locked packages, by a checkout of the RustSec database.
pub(crate) fn audit(arguments: &[String]) -> Result<(), String> {
    let [option, database] = arguments else { return Err("usage: cargo xtask audit --db PATH".to_owned()) };
    if option != "--db" || !Path::new(database).join("crates").is_dir() {
        return Err(format!("`{database}` is no checkout of the RustSec advisory database"));
    }
    let mut audit = Command::new(tools()?.join("cargo-audit"));
    audit.current_dir(checkout()).args(["audit", "--no-fetch", "--stale", "--db", database]);
    step("advisories", &mut audit)
}

fn deny(tools: &Path, program: &str) -> Command {
    let mut command = Command::new(tools.join("cargo-deny"));
    command.current_dir(checkout()).args([
        "--manifest-path",
        program,
        "--config",
        CONFIGURATION,
        "--exclude-dev",
    ]);
    command.args(["--log-level", "error", "check"]);
    command
}

/// The folder of the programs that `tools.txt` lists, fetched once for every edition of it.
fn tools() -> Result<PathBuf, String> {
    let list = checkout().join("tests/xtask/tools.txt");
    let text =
        std::fs::read_to_string(&list).map_err(|error| format!("cannot read {}: {error}", list.display()))?;
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let folder = roots::cache().join(format!("tools-{:016x}", hasher.finish()));
    if !folder.join("bin").is_dir() {
        let mut pip = Command::new("pip3");
        pip.args([
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--root-user-action=ignore",
            "--target",
        ]);
        step("fetch tools", pip.arg(&folder).arg("--requirement").arg(&list))?;
    }
    Ok(folder.join("bin"))
}
