//! The tree that is packed: files as they will lie on the machine, with the modes they will have.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::told;

/// A tree in the making.
pub(crate) struct Tree {
    root: PathBuf,
}

impl Tree {
    /// An empty tree in this folder.
    pub(crate) fn new(root: &Path) -> Result<Self, String> {
        let made = match fs::remove_dir_all(root) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => make_folder(root),
        };
        made.map_err(|error| format!("cannot make {}: {error}", root.display()))?;
        Ok(Self { root: root.to_path_buf() })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A copy of a file.
    pub(crate) fn copy(&self, source: &Path, place: &str, mode: u32) -> Result<(), String> {
        let path = self.place(place)?;
        let copied =
            fs::copy(source, &path).and_then(|_| fs::set_permissions(&path, Permissions::from_mode(mode)));
        copied.map_err(|error| format!("cannot copy {} to {}: {error}", source.display(), path.display()))
    }

    /// A file of this text.
    #[expect(clippy::disallowed_methods, reason = "nobody reads the tree before it is complete")]
    pub(crate) fn write(&self, text: &str, place: &str, mode: u32) -> Result<(), String> {
        let path = self.place(place)?;
        let written =
            fs::write(&path, text).and_then(|()| fs::set_permissions(&path, Permissions::from_mode(mode)));
        written.map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    /// Gives everything in it one time, in seconds since 1970.
    pub(crate) fn date(&self, epoch: u64) -> Result<(), String> {
        let (root, time) = (self.root.display(), format!("--date=@{epoch}"));
        let touch = ["-exec", "touch", "--no-dereference", &time, "{}", "+"];
        told(Command::new("find").arg(&self.root).args(touch)).map_err(|error| format!("{root}: {error}"))?;
        Ok(())
    }

    /// Every file that is in it, as it will be named on the machine, sorted.
    pub(crate) fn files(&self) -> Result<Vec<String>, String> {
        let listed = told(Command::new("find").arg(&self.root).args(["-type", "f", "-printf", "/%P\n"]))?;
        let mut files: Vec<String> = listed.lines().map(str::to_owned).collect();
        files.sort();
        Ok(files)
    }

    /// The path of a place, whose folders are there afterwards. The caller's `umask` is no matter of the package.
    fn place(&self, place: &str) -> Result<PathBuf, String> {
        let path = self.root.join(place.trim_start_matches('/'));
        let above: Vec<&Path> = path.ancestors().skip(1).take_while(|folder| *folder != self.root).collect();
        let made = above.into_iter().rev().filter(|folder| !folder.exists()).try_for_each(make_folder);
        made.map_err(|error| format!("cannot make the folder of {}: {error}", path.display()))?;
        Ok(path)
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(0o755))
}
