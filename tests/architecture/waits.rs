//! A clock that misleads: `Instant` stands still while the machine sleeps.

use std::collections::BTreeMap;

use super::lists::assert_only_listed;
use super::tree::{read, sources};
use super::workspace::checkout;

#[test]
fn time_is_asked_of_the_clock_that_counts_sleep() {
    let found = count("Instant::now()");
    assert_only_listed(
        "instants.txt",
        &found,
        "`host::clock::boottime` goes on while the machine sleeps; `Instant` is for what is measured while it is awake",
    );
}

/// How often production code says this, by file.
fn count(call: &str) -> BTreeMap<String, usize> {
    let root = checkout().join("src-tauri");
    let mut found = BTreeMap::new();
    for path in sources().into_iter().filter(|path| path.starts_with(&root)) {
        let name = path.strip_prefix(&root).expect("it begins so").display().to_string();
        if name.contains("/tests") || name.contains("/demo") {
            continue;
        }
        let text = read(&path);
        let production = text.split("#[cfg(test)]").next().unwrap_or_default();
        let times = production.matches(call).count();
        if times > 0 {
            found.insert(name, times);
        }
    }
    found
}
