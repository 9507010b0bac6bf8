//! Whether root alone decides what stands at a path: whoever can write to a folder above it, or owns a link on the way,
//! can put something else there while it is being written.

use std::ffi::OsString;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// The kernel follows no more of them.
const MOST_LINKS: usize = 40;

/// The first folder or link above `path` that others than root can change; none where all are root's. What is not there
/// can be changed by nobody.
#[must_use]
pub fn loose_folder(path: &Path) -> Option<PathBuf> {
    loose_below(path.parent()?, Path::new("/"), 0)
}

/// The same, with folders above `top` trusted and `owner` in the place of root.
fn loose_below(folder: &Path, top: &Path, owner: u32) -> Option<PathBuf> {
    let mut reached = PathBuf::from("/");
    let mut steps: Vec<OsString> = names(folder);
    let mut links = 0;
    while let Some(step) = steps.pop() {
        if step == ".." {
            reached.pop();
            continue;
        }
        reached.push(step);
        if top.starts_with(&reached) {
            continue;
        }
        let found = reached.symlink_metadata().ok()?;
        if !found.is_symlink() {
            if is_loose(&found, owner) {
                return Some(reached);
            }
            continue;
        }
        links += 1;
        let target = reached.read_link().ok()?;
        if found.uid() != owner || links > MOST_LINKS {
            return Some(reached);
        }
        reached.pop();
        if target.is_absolute() {
            reached = PathBuf::from("/");
        }
        steps.extend(names(&target));
    }
    None
}

fn is_loose(found: &Metadata, owner: u32) -> bool {
    (found.uid() != owner && found.uid() != 0) || found.mode() & 0o022 != 0
}

/// The steps of a path, the first one last.
fn names(path: &Path) -> Vec<OsString> {
    let step = |component: Component<'_>| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir => None,
    };
    path.components().rev().filter_map(step).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_folder_that_others_can_write_is_named_also_behind_a_link_and_above() {
        let top = tempfile::tempdir().unwrap();
        let (top, me) = (top.path().canonicalize().unwrap(), rustix::process::geteuid().as_raw());
        fs::create_dir_all(top.join("etc/docker")).unwrap();
        fs::create_dir_all(top.join("home/docker")).unwrap();
        for folder in ["etc", "etc/docker", "home", "home/docker"] {
            fs::set_permissions(top.join(folder), fs::Permissions::from_mode(0o755)).unwrap();
        }
        let loose = |folder: &str| loose_below(&top.join(folder), &top, me);
        symlink(top.join("home/docker"), top.join("etc/linked")).unwrap();
        symlink("../home/docker/../docker", top.join("etc/relative")).unwrap();
        symlink("loop", top.join("etc/loop")).unwrap();
        for fine in ["etc/docker", "etc/linked", "etc/relative", "etc/absent/x"] {
            assert_eq!(loose(fine), None, "{fine}");
        }
        assert_eq!(loose("etc/loop"), Some(top.join("etc/loop")));
        fs::set_permissions(top.join("home"), fs::Permissions::from_mode(0o775)).unwrap();
        for (folder, named) in
            [("home/docker", "home"), ("etc/linked", "home"), ("etc/relative", "home"), ("home", "home")]
        {
            assert_eq!(loose(folder), Some(top.join(named)), "{folder}");
        }
    }
}
