//! The Debian root that laptops boot from: made once, kept in the user's cache, never written to again.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::place;

const SUITE: &str = "trixie";
const PACKAGES: &str = include_str!("packages.txt");
const HOOKS: &[&str] = &[
    r#"chroot "$1" useradd --create-home --shell /bin/bash --uid 1000 --groups docker ada"#,
    r#"chroot "$1" useradd --create-home --shell /bin/bash --uid 1001 bob"#,
];
const UNREAD: &[&str] = &["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*"];

/// A ready root.
#[derive(Clone, Debug)]
pub struct Root {
    path: PathBuf,
}

impl Root {
    /// Finds the root for the current list of packages, or makes it, which takes about a minute.
    pub fn ensure() -> Self {
        let mut hasher = DefaultHasher::new();
        (SUITE, PACKAGES, HOOKS, UNREAD).hash(&mut hasher);
        let roots = place::cache().join("roots");
        let path = roots.join(format!("{SUITE}-{:016x}", hasher.finish()));
        fs::create_dir_all(&roots)
            .unwrap_or_else(|error| panic!("cannot make the folder {}: {error}", roots.display()));
        let lock = fs::File::create(roots.join("lock")).expect("the cache is writable");
        lock.lock().expect("the cache can be locked");
        if !path.is_dir() {
            make(&path);
        }
        Self { path }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn make(path: &Path) {
    let unfinished = path.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    let include: Vec<&str> = PACKAGES.split_whitespace().collect();
    let mut command = Command::new("mmdebstrap");
    command.args(["--variant=minbase", &format!("--include={}", include.join(","))]);
    command.args(UNREAD.iter().map(|path| format!("--dpkgopt=path-exclude={path}")));
    command.args(HOOKS.iter().map(|hook| format!("--customize-hook={hook}")));
    command.arg(SUITE).arg(&unfinished).stdin(Stdio::null()).stdout(Stdio::null());
    let status = command.status().unwrap_or_else(|error| panic!("cannot run `mmdebstrap`: {error}"));
    assert!(status.success(), "`mmdebstrap` could not make the laptop's root: {status}");
    fs::rename(&unfinished, path).expect("both names lie in the same folder");
}
