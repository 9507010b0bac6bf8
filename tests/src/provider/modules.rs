//! The provider's packages: installed once by npm from their lock file, kept in the user's cache.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use roots::cache;

const PACKAGE: &str = include_str!("../../identity-provider/package.json");
const LOCK: &str = include_str!("../../identity-provider/package-lock.json");

/// Finds the folder `node_modules` for the lock file as it is, or makes it, which takes some seconds.
pub(super) fn ensure() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    (PACKAGE, LOCK).hash(&mut hasher);
    let folder = cache().join("npm");
    let path = folder.join(format!("{:016x}", hasher.finish()));
    fs::create_dir_all(&folder)
        .unwrap_or_else(|error| panic!("cannot make the folder {}: {error}", folder.display()));
    let lock = fs::File::create(folder.join("lock")).expect("the cache is writable");
    lock.lock().expect("the cache can be locked");
    if !path.is_dir() {
        install(&path);
    }
    path.join("node_modules")
}

#[expect(clippy::disallowed_methods, reason = "nobody reads the folder before it has its name")]
fn install(path: &Path) {
    let unfinished = path.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    fs::create_dir(&unfinished).expect("the cache is writable");
    for (name, text) in [("package.json", PACKAGE), ("package-lock.json", LOCK)] {
        fs::write(unfinished.join(name), text).expect("the cache is writable");
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]).current_dir(&unfinished);
    let status = npm.stdin(Stdio::null()).stdout(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| panic!("cannot run `npm`: {error}"));
    assert!(status.success(), "`npm ci` could not install the identity provider: {status}");
    fs::rename(&unfinished, path).expect("both names lie in the same folder");
}
