//! Where code may ask which operating system it is for: in `host` and in `desktop::platform`, and nowhere else.

use std::collections::BTreeSet;
use std::path::Path;

use super::tree::{read, sources};
use super::workspace::checkout;

/// The folders of what a system does in its own way.
const OWNERS: &[&str] = &[
    "src-tauri/crates/host/src/",
    "src-tauri/crates/desktop/src/platform.rs",
    "src-tauri/crates/desktop/src/platform/",
];

/// Every other file that asks, and why it may.
const ALLOWED: &[(&str, &str)] = &[
    ("src-tauri/crates/cli/src/commands/sign_in.rs", "the name of the program that opens a page"),
    ("src-tauri/crates/http1/src/lib.rs", "bodies are spliced where the kernel can"),
    ("src-tauri/crates/http1/src/low_water.rs", "readers are woken seldom where the kernel can"),
    ("src-tauri/crates/http1/src/relay.rs", "bodies are spliced where the kernel can"),
    (
        "src-tauri/crates/http1/src/stream.rs",
        "what the other side has not acknowledged is asked where the kernel says it",
    ),
    ("src-tauri/src/main.rs", "the tray starts on the desktop there is"),
    ("src-tauri/src/bin/pullgate-window/main.rs", "one web view of them must be started with its driver off"),
    ("src-tauri/src/bin/pullgate-window/shell.rs", "a window system that may be missing has a variable"),
];

/// What asks for a system, between the parentheses of a `cfg`.
const SYSTEMS: &[&str] = &["target_os", "target_family", "windows", "unix"];

#[test]
fn only_the_seams_know_which_system_they_are_for() {
    let allowed: BTreeSet<String> = ALLOWED.iter().map(|&(path, _)| path.to_owned()).collect();
    let asking: BTreeSet<String> = asking().into_iter().filter(|path| !is_owned(path)).collect();
    assert_eq!(asking, allowed, "left: files that ask; right: files that may, besides {OWNERS:?}");
}

/// Otherwise nothing was looked at.
#[test]
fn the_seams_do_ask() {
    let [host, ..] = OWNERS else { panic!("`host` owns the seams") };
    assert!(asking().iter().any(|path| path.starts_with(host)));
}

#[test]
fn a_question_is_seen_in_each_of_its_forms() {
    let forms = [
        "#[cfg(windows)]",
        "#[cfg(any(target_os = \"macos\", test))]",
        "#![cfg_attr(not(unix), expect(dead_code))]",
        "if cfg!(target_os = \"linux\") {",
    ];
    for form in forms {
        assert!(asks(form), "{form}");
    }
    for other in ["#[cfg(test)]", "use std::os::unix::fs::symlink;", "cfg!(debug_assertions) // no windows"] {
        assert!(!asks(other), "{other}");
    }
}

fn asking() -> Vec<String> {
    let product = checkout().join("src-tauri");
    let sources = sources().into_iter().filter(|path| path.starts_with(&product));
    let asking = sources.filter(|path| read(path).lines().any(asks));
    asking.map(|path| shown(&path)).collect()
}

fn asks(line: &str) -> bool {
    let questions = ["cfg(", "cfg_attr(", "cfg!("].iter().flat_map(|start| line.split(start).skip(1));
    let questions = questions.map(|rest| rest.split(['{', ']', '/']).next().unwrap_or_default());
    questions.flat_map(words).any(|word| SYSTEMS.contains(&word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

fn is_owned(path: &str) -> bool {
    OWNERS.iter().any(|owner| path.starts_with(owner))
}

fn shown(path: &Path) -> String {
    let path = path.strip_prefix(checkout()).unwrap_or(path);
    path.to_string_lossy().into_owned()
}
