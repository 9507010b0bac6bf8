//! `cargo xtask ui`: the window's page, which has to be there before the tray is compiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::run::{checkout, step};

/// What npm remembers of its last installation.
const INSTALLED: &str = "node_modules/.package-lock.json";
/// What is built.
const PAGE: &str = "dist/index.html";

/// Installs the page's packages and builds it, where that has not been done since the last change.
pub(crate) fn build() -> Result<(), String> {
    let folder = folder();
    if is_older(&folder.join(INSTALLED), &folder.join("package-lock.json")) {
        step("page: packages", &mut npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]))?;
    }
    let sources = ["src", "index.html", "vite.config.ts", "package.json", "package-lock.json"];
    let page = folder.join(PAGE);
    if sources.iter().any(|source| is_older(&page, &folder.join(source))) {
        step("page: build", &mut npm(&["run", "--silent", "build"]))?;
    }
    Ok(())
}

/// Checks the page's types and how it behaves in a browser.
pub(crate) fn test() -> Result<(), String> {
    step("page: types", &mut npm(&["run", "--silent", "check"]))?;
    step("page: tests", &mut npm(&["test", "--silent"]))
}

/// The window's pages in the README, each by the name of its picture among those that the page's tests take.
const PICTURES: [(&str, &str); 2] =
    [("verdict.png", "acme-verdict-light.png"), ("status.png", "acme-status-light.png")];

/// Takes the README's pictures anew: the window as the demo fills it.
pub(crate) fn pictures() -> Result<(), String> {
    build()?;
    let only = ["--test", "--test-name-pattern=acme is pictured in light", "tests/pictures.test.js"];
    step("page: pictures", Command::new("node").current_dir(folder()).args(only))?;
    let shown = checkout().join("src-tauri/docs/pictures");
    fs::create_dir_all(&shown).map_err(|error| format!("cannot make {}: {error}", shown.display()))?;
    for (name, taken) in PICTURES {
        let from = folder().join("tests/artifacts").join(taken);
        fs::copy(&from, shown.join(name))
            .map_err(|error| format!("cannot copy {}: {error}", from.display()))?;
    }
    Ok(())
}

fn folder() -> PathBuf {
    checkout().join("ui")
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder()).args(arguments);
    command
}

/// Whether one is missing, or older than the other or anything in it.
fn is_older(one: &Path, other: &Path) -> bool {
    changed(one) < latest(other)
}

fn latest(path: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| latest(&entry.path())).chain([changed(path)]).max().flatten()
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
