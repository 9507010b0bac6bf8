//! What makes a release the same bytes wherever it is built: one time for every file, and no folder of the machine that
//! builds it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::release;
use crate::run::{checkout, told};

/// The time that everything in a package has: `SOURCE_DATE_EPOCH`, or when the last commit was made.
/// <https://reproducible-builds.org/specs/source-date-epoch/>
pub(crate) fn epoch() -> Result<u64, String> {
    const NAME: &str = "SOURCE_DATE_EPOCH";
    let given = match env::var(NAME) {
        Ok(given) => given,
        Err(_) => told(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(checkout()))
            .map_err(|error| format!("this is no checkout of git, so set `{NAME}`: {error}"))?,
    };
    given.trim().parse().map_err(|_| format!("`{NAME}` is to be seconds since 1970, and is `{given}`"))
}

/// Lets a build see the same folders everywhere.
pub(crate) fn hide_folders(build: &mut Command, epoch: u64) {
    let moved: Vec<String> = folders().iter().map(|(from, to)| format!("{}={to}", from.display())).collect();
    let flags = |option: &str, joint: &str| {
        moved.iter().map(|it| format!("{option}{it}")).collect::<Vec<_>>().join(joint)
    };
    build.env("CARGO_ENCODED_RUSTFLAGS", flags("--remap-path-prefix=", "\u{1f}"));
    build.env("CFLAGS", flags("-ffile-prefix-map=", " ")).env("SOURCE_DATE_EPOCH", epoch.to_string());
}

/// What is somewhere else on every machine, and what it is called; the last that fits counts.
fn folders() -> Vec<(PathBuf, &'static str)> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo = env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let registries = list(&cargo.join("registry/src")).into_iter().map(|folder| (folder, "/usr/src/crates"));
    let first = [(cargo, "/usr/src/cargo"), (release(), "/usr/src/target")];
    first.into_iter().chain(registries).chain([(checkout(), "/usr/src/pullgate")]).collect()
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
