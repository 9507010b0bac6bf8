//! `credential-helpers` of registries.conf: the helpers that the tools of containers/image ask for every registry, in
//! their order.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::read_reachable;

/// The word by which such a list names the login files.
pub(super) const AUTH_FILES: &str = "containers-auth.json";

/// Nobody has so many files, nor so many helpers.
const MOST_FILES: usize = 256;
const MOST_HELPERS: usize = 16;

/// The files of one configuration: the main one, and folders of further ones that have the later word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conf {
    /// `registries.conf`.
    pub(super) main: PathBuf,
    /// `registries.conf.d`, the system's before the person's.
    pub(super) folders: Vec<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Part {
    credential_helpers: Vec<String>,
}

/// The helpers in their order; where nothing is said, the login files.
pub(super) fn helpers(conf: &Conf, skip: &mut dyn FnMut(&str)) -> Vec<String> {
    let mut last = vec![AUTH_FILES.to_owned()];
    for path in [conf.main.clone()].into_iter().chain(conf.folders.iter().flat_map(|folder| parts(folder))) {
        let mut skip = |reason: &str| skip(&format!("`{}`: {reason}", path.display()));
        let Some(bytes) = read_reachable(&path, &mut skip) else { continue };
        match toml::from_slice::<Part>(&bytes) {
            Ok(part) if !part.credential_helpers.is_empty() => last = part.credential_helpers,
            Ok(_) => {}
            Err(_) => skip("its `credential-helpers` cannot be read: it is not TOML, or not a list of names"),
        }
    }
    last.truncate(MOST_HELPERS);
    last
}

/// The `.conf` files of a folder by name.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let is_conf = |path: &PathBuf| path.extension().is_some_and(|end| end == "conf");
    let mut paths: Vec<PathBuf> = paths.filter(is_conf).take(MOST_FILES).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use host::files::{Mode, write_atomically};

    use super::*;

    fn said(files: &[(&str, &str)]) -> (Vec<String>, usize) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["system.d", "own.d"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        for (name, text) in files {
            write_atomically(&folder.path().join(name), text.as_bytes(), Mode::PUBLIC).unwrap();
        }
        let conf = Conf {
            main: folder.path().join("main"),
            folders: ["system.d", "own.d"].map(|name| folder.path().join(name)).to_vec(),
        };
        let mut skipped = 0;
        (helpers(&conf, &mut |_| skipped += 1), skipped)
    }

    #[test]
    fn where_nothing_is_said_the_login_files_are_asked() {
        assert_eq!(said(&[]), (vec![AUTH_FILES.to_owned()], 0));
        assert_eq!(said(&[("main", "unqualified-search-registries = [\"docker.io\"]\n")]).0, [AUTH_FILES]);
        assert_eq!(said(&[("main", "credential-helpers = []\n")]).0, [AUTH_FILES]);
    }

    #[test]
    fn the_last_file_that_names_helpers_has_the_word() {
        let main = ("main", "credential-helpers = [\"pass\"]\n");
        let system =
            ("system.d/10.conf", "credential-helpers = [\"secretservice\", \"containers-auth.json\"]\n");
        let own = ("own.d/10.conf", "credential-helpers = [\"plain\"]\n");
        assert_eq!(said(&[main]).0, ["pass"]);
        assert_eq!(said(&[main, system]).0, ["secretservice", AUTH_FILES]);
        assert_eq!(said(&[own, system, main]).0, ["plain"]);
        assert_eq!(said(&[main, ("own.d/10.txt", own.1)]).0, ["pass"]);
    }

    #[test]
    fn a_file_that_is_no_toml_is_skipped_with_a_reason() {
        let main = ("main", "credential-helpers = [\"pass\"]\n");
        assert_eq!(
            said(&[main, ("own.d/1.conf", "credential-helpers = hunter2")]),
            (vec!["pass".to_owned()], 1)
        );
    }
}
