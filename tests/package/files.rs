//! Every file of a laptop, so that two moments can be compared.

use std::collections::BTreeSet;

use acceptance::laptop::Laptop;

/// What changes by itself, or when any package comes and goes: records of the packager, logs, caches, copies that the
/// tools for accounts keep. Engines' images and processes lie in file systems of their own, which are passed over.
const PASSING: &[&str] = &[
    "/lab",
    "/opt/lab",
    "/var/cache",
    "/var/lib/apt",
    "/var/lib/dpkg",
    "/var/lib/systemd/random-seed",
    "/var/log",
    "/etc/passwd-",
    "/etc/shadow-",
    "/etc/group-",
    "/etc/gshadow-",
];

/// Every file: type, mode, owner, target of links, and what is in it.
pub(crate) fn inventory(laptop: &Laptop) -> BTreeSet<String> {
    let passed: Vec<String> = PASSING.iter().map(|path| format!("-path {path}")).collect();
    let find = format!(r"find / /home -xdev '(' {} ')' -prune -o", passed.join(" -o "));
    let list = format!(r"{find} -printf '%y %m %u:%g %p %l\n'");
    let sums = format!("{find} -type f -print0 | xargs -0 --max-procs 2 --max-args 400 sha256sum");
    let text = laptop.must(&list).stdout + &laptop.must(&sums).stdout;
    text.lines().map(str::to_owned).collect()
}

/// Holds that nothing is left and nothing is missing.
pub(crate) fn is_as_before(before: &BTreeSet<String>, now: &BTreeSet<String>) {
    let left: Vec<&String> = now.difference(before).collect();
    let missing: Vec<&String> = before.difference(now).collect();
    assert!(left.is_empty() && missing.is_empty(), "left: {left:#?}\nmissing: {missing:#?}");
}
