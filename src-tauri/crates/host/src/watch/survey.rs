//! How the watched paths look at one moment: a stamp of each file, and the folders whose events would tell
//! of a change. Links are followed, and both the link and what it points to count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::stamp::Stamp;

/// How far a watched folder is looked into: `certs.d/<host>/ca.crt` is two levels down.
const DEPTH: usize = 4;
/// A folder of more than this is not configuration.
const MOST_ENTRIES: usize = 4096;
/// A chain of more links than this is a circle.
const MOST_LINKS: usize = 16;

#[derive(Default)]
pub(super) struct Survey {
    paths: BTreeMap<PathBuf, View>,
    folders: BTreeSet<PathBuf>,
}

/// One watched path with everything in it.
#[derive(Default, Eq, PartialEq)]
struct View {
    /// The names events use: the path itself and where its links lead.
    names: BTreeSet<PathBuf>,
    stamps: BTreeMap<PathBuf, Stamp>,
}

impl Survey {
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        let mut survey = Self::default();
        for path in paths {
            let view = survey.look_at(path);
            survey.paths.insert(path.clone(), view);
        }
        survey
    }

    /// Whether a path looked different at another moment.
    pub(super) fn differs(&self, other: &Self, path: &Path) -> bool {
        self.paths.get(path) != other.paths.get(path)
    }

    pub(super) fn folders(&self) -> &BTreeSet<PathBuf> {
        &self.folders
    }

    /// Whether an event at `touched` is about `path` itself or something in it.
    pub(super) fn is_within(&self, path: &Path, touched: &Path) -> bool {
        self.paths.get(path).is_some_and(|view| view.names.iter().any(|name| touched.starts_with(name)))
    }

    /// Whether an event at `touched` can be about any path: itself, something in it, or a folder above it.
    pub(super) fn concerns(&self, touched: &Path) -> bool {
        let mut names = self.paths.values().flat_map(|view| &view.names);
        names.any(|name| touched.starts_with(name) || name.starts_with(touched))
    }

    fn look_at(&mut self, path: &Path) -> View {
        let mut view = View::default();
        view.names.insert(path.to_path_buf());
        self.look_into(path, DEPTH, &mut view);
        view
    }

    fn look_into(&mut self, path: &Path, depth: usize, view: &mut View) {
        if view.stamps.len() >= MOST_ENTRIES {
            return;
        }
        self.follow(path, view);
        let Ok(metadata) = path.metadata() else { return };
        let entries = metadata.is_dir().then(|| path.read_dir().ok()).flatten();
        if entries.is_some() {
            self.folders.extend(path.canonicalize());
        }
        view.stamps.insert(path.to_path_buf(), metadata.into());
        for entry in entries.into_iter().flatten().flatten().take_while(|_| depth > 0) {
            self.look_into(&entry.path(), depth - 1, view);
        }
    }

    /// Names the path as events do and, while it is a link, what it points to.
    fn follow(&mut self, path: &Path, view: &mut View) {
        let mut path = path.to_path_buf();
        for _ in 0..MOST_LINKS {
            view.names.extend(self.real_name(&path));
            let Ok(target) = path.read_link() else { return };
            path = path.parent().unwrap_or(&path).join(target);
        }
    }

    /// The path with the links of its existing folders followed; the folders that tell of a change are noted.
    fn real_name(&mut self, path: &Path) -> Option<PathBuf> {
        let mut above = path.ancestors().skip(1);
        let (folder, real) = above.find_map(|folder| Some((folder, folder.canonicalize().ok()?)))?;
        // Where a link stands on the way, the folder that holds the link tells too.
        self.folders.extend(above.filter_map(|folder| folder.canonicalize().ok()));
        self.folders.extend(real.ancestors().map(Path::to_path_buf));
        Some(real.join(path.strip_prefix(folder).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_survey_names_what_links_lead_to_and_every_folder_on_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        fs::create_dir_all(top.join("store/deep")).unwrap();
        fs::create_dir(top.join("etc")).unwrap();
        fs::write(top.join("store/deep/real.json"), b"{}").unwrap();
        symlink("../store/alias.json", top.join("etc/daemon.json")).unwrap();
        symlink("deep/real.json", top.join("store/alias.json")).unwrap();

        let path = top.join("etc/daemon.json");
        let survey = Survey::of(std::slice::from_ref(&path));
        for name in ["etc/daemon.json", "store/alias.json", "store/deep/real.json"] {
            assert!(survey.is_within(&path, &top.join(name)), "{name}");
        }
        assert!(!survey.is_within(&path, &top.join("store/other.json")));
        let mut expected: BTreeSet<_> = top.ancestors().map(Path::to_path_buf).collect();
        expected.extend(["etc", "store", "store/deep"].map(|name| top.join(name)));
        assert_eq!(survey.folders(), &expected);
    }

    #[test]
    fn a_path_that_does_not_exist_is_waited_for_at_the_nearest_folder() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let path = top.join("a/b/c.conf");
        let survey = Survey::of(std::slice::from_ref(&path));
        assert_eq!(survey.folders(), &top.ancestors().map(Path::to_path_buf).collect());
        assert!(survey.concerns(&top.join("a")) && survey.concerns(&top.join("a/b")));
        assert!(!survey.concerns(&top.join("b")) && !survey.concerns(&top.join("a/c")));
    }

    #[test]
    fn links_in_a_circle_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        symlink("b", &path).unwrap();
        symlink("a", folder.path().join("b")).unwrap();
        let survey = Survey::of(std::slice::from_ref(&path));
        assert!(survey.is_within(&path, &path));
    }
}
