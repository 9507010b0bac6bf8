//! The tree: which names lie at the top, how long a file may be, where tests lie, and what `architecture.md` says of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::workspace::{checkout, edges};

const TOP: &[&str] =
    &["Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "icons", "src-tauri", "tests", "ui"];
const NOT_SOURCE: &[&str] = &["target", "node_modules", "dist", ".git"];
const LONGEST: usize = 400;

#[test]
fn the_top_level_has_exactly_its_names() {
    let ignored = read(&checkout().join(".gitignore"));
    let ignored: BTreeSet<&str> = ignored.lines().filter_map(|line| line.strip_prefix('/')).collect();
    let names: BTreeSet<String> = entries(&checkout()).iter().map(|path| name(path)).collect();
    let shown =
        names.iter().map(String::as_str).filter(|name| !name.starts_with('.') && !ignored.contains(name));
    assert_eq!(shown.collect::<Vec<_>>(), TOP);
}

#[test]
fn no_source_file_is_too_long() {
    let long: Vec<String> = sources()
        .iter()
        .map(|path| (path, read(path).lines().count()))
        .filter(|&(_, lines)| lines > LONGEST)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert_eq!(long, [""; 0], "no file is longer than {LONGEST} lines");
}

#[test]
fn modules_are_named_after_what_they_hold() {
    let unnamed: Vec<_> = sources().into_iter().filter(|path| name(path) == "mod.rs").collect();
    assert_eq!(unnamed, Vec::<PathBuf>::new(), "`x.rs` lies beside `x/`");
}

#[test]
fn tests_lie_beside_their_code_or_in_the_acceptance_crate() {
    let crates = entries(&checkout().join("src-tauri/crates"));
    let outside: Vec<_> = crates.iter().map(|path| path.join("tests")).filter(|path| path.exists()).collect();
    assert_eq!(outside, Vec::<PathBuf>::new(), "`cargo xtask test` runs no such tests");
}

/// The table of `architecture.md` whose first column is headed `crate` lists them all and no other.
#[test]
fn the_architecture_names_the_crates_there_are() {
    let paper = read(&checkout().join("src-tauri/docs/architecture.md"));
    let rows = paper.lines().skip_while(|line| !line.starts_with("| crate |")).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let named: BTreeSet<String> = rows
        .filter_map(|row| row.split('|').nth(1))
        .map(|cell| cell.trim().trim_matches('`').to_owned())
        .collect();
    let there = entries(&checkout().join("src-tauri/crates"));
    assert_eq!(named, there.iter().map(|path| name(path)).collect());
    let members: BTreeSet<String> = edges().into_keys().collect();
    assert!(named.is_subset(&members), "every folder of `src-tauri/crates` is a member of the workspace");
}

pub(crate) fn sources() -> Vec<PathBuf> {
    let mut folders = vec![checkout()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() && !path.is_symlink() && !NOT_SOURCE.contains(&name(&path).as_str()) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty());
    found
}

pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().expect("every entry has a name").to_string_lossy().into_owned()
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
