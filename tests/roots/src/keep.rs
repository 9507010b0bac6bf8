//! What is kept under a name: found or made while others wait, and for how long.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::cache;

/// Beside each root lies a file of its name with this ending, as old as the last request for the root.
const ASKED: &str = "asked";
/// Another checkout may want another root, but not after so long a time.
const FORGOTTEN: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Finds a folder of this name in the cache, or lets it be made while others wait.
pub(crate) fn keep(name: &str, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let roots = cache().join("roots");
    keep_in(&roots, name, make)
}

fn keep_in(
    roots: &Path,
    name: &str,
    make: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let path = roots.join(name);
    let refused = |error| format!("the cache {} cannot be used: {error}", roots.display());
    fs::create_dir_all(roots).map_err(refused)?;
    let lock = File::create(roots.join("lock")).map_err(refused)?;
    lock.lock().map_err(refused)?;
    let now = touch(&path).map_err(refused)?;
    for old in forgotten(roots, now) {
        fs::remove_dir_all(&old).map_err(refused)?;
        let _ = fs::remove_file(asked(&old));
    }
    if !path.is_dir() {
        make(&path)?;
    }
    Ok(path)
}

/// Notes that a root was asked for; the time of it is the file system's.
fn touch(path: &Path) -> std::io::Result<SystemTime> {
    let file = asked(path);
    if file.exists() {
        fs::remove_file(&file)?;
    }
    File::create(file)?.metadata()?.modified()
}

/// Roots that nobody asked for in a long time; one without a note was asked for when it was made.
fn forgotten(roots: &Path, now: SystemTime) -> Vec<PathBuf> {
    let entries = fs::read_dir(roots).into_iter().flatten().flatten().map(|entry| entry.path());
    let last = |path: &Path| fs::metadata(asked(path)).or_else(|_| fs::metadata(path))?.modified();
    let is_old = |path: &PathBuf| last(path).is_ok_and(|last| last + FORGOTTEN < now);
    entries.filter(|path| path.is_dir() && is_old(path)).collect()
}

fn asked(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ASKED);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("pullgate-roots-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_root_is_made_once_and_only_if_it_can_be() {
        let roots = scratch("once");
        let failed = keep_in(&roots, "one", |_| Err("no".into()));
        assert_eq!(failed, Err("no".to_owned()));
        let make = |path: &Path| fs::create_dir(path).map_err(|error| error.to_string());
        assert_eq!(keep_in(&roots, "one", make), Ok(roots.join("one")));
        assert_eq!(keep_in(&roots, "one", |_| Err("again".into())), Ok(roots.join("one")));
        fs::remove_dir_all(&roots).unwrap();
    }

    #[test]
    fn a_root_that_nobody_asked_for_in_weeks_is_taken_away() {
        let roots = scratch("old");
        let make = |path: &Path| fs::create_dir(path).map_err(|error| error.to_string());
        for name in ["old", "young"] {
            keep_in(&roots, name, make).unwrap();
        }
        let note = File::create(asked(&roots.join("old"))).unwrap();
        let now = note.metadata().unwrap().modified().unwrap();
        note.set_modified(now - FORGOTTEN - Duration::from_secs(60)).unwrap();
        keep_in(&roots, "young", make).unwrap();
        assert_eq!((roots.join("old").exists(), roots.join("young").exists()), (false, true));
        assert!(!asked(&roots.join("old")).exists());
        fs::remove_dir_all(&roots).unwrap();
    }
}
