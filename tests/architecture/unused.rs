//! What a crate shows to others and no other crate names: it should be the crate's own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::lists::assert_only_listed;
use super::tree::{read, sources};
use super::workspace::checkout;

const KINDS: &[&str] =
    &["fn ", "async fn ", "const fn ", "struct ", "enum ", "trait ", "type ", "const ", "static "];

#[test]
fn what_is_public_is_used_by_another_crate() {
    let crates = checkout().join("src-tauri/crates");
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in sources() {
        let text = read(&path);
        let owner = owner(&path, &crates);
        words.entry(owner.clone()).or_default().extend(words_of(&text));
        if path.starts_with(&crates) {
            let production = text.split("#[cfg(test)]").next().unwrap_or_default();
            shown.entry(owner).or_default().extend(production.lines().filter_map(public));
        }
    }
    let mut unused = BTreeMap::new();
    for (owner, names) in &shown {
        let is_used = |name: &String| words.iter().any(|(other, all)| other != owner && all.contains(name));
        unused.extend(names.iter().filter(|name| !is_used(name)).map(|name| (format!("{owner}::{name}"), 1)));
    }
    assert_only_listed("unused.txt", &unused, "make it `pub(crate)`, or take it out");
}

/// The crate that a file is of; what is in none of them is the tests' or the tray's.
fn owner(path: &Path, crates: &Path) -> String {
    let below = path.strip_prefix(crates).ok().and_then(|below| below.components().next());
    below.map_or_else(|| "others".to_owned(), |name| name.as_os_str().to_string_lossy().into_owned())
}

/// The name of a public item, if the line begins one.
fn public(line: &str) -> Option<String> {
    let item = line.trim_start().strip_prefix("pub ")?;
    let name = KINDS.iter().find_map(|kind| item.strip_prefix(kind))?;
    words_of(name).next()
}

fn words_of(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.filter(|word| !word.is_empty()).map(str::to_owned)
}
