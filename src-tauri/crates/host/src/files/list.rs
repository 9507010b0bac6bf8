//! Listing a folder whose files decide what the machine enforces: only root may have been able to put one there.

use std::ffi::OsString;
use std::path::Path;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

use super::ownership::OwnershipError;

#[cfg(test)]
pub(crate) use system::list_below;

/// The names of the files in a folder that only root can have filled, in the order of their bytes, without
/// hidden ones; none when there is no such folder. More than `max` of them are refused.
pub fn list_root_owned(folder: &Path, max: usize) -> Result<Vec<OsString>, OwnershipError> {
    system::list_root_owned(folder, max)
}

#[cfg(unix)]
mod unix {
    //! POSIX: the folder is listed through the descriptor that was checked.

    use std::ffi::{OsStr, OsString};
    use std::io;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use rustix::fs::Dir;

    use super::super::ownership::{Flaw, OwnershipError, open_folder};

    pub(super) fn list_root_owned(folder: &Path, max: usize) -> Result<Vec<OsString>, OwnershipError> {
        list_below(Path::new("/"), folder, 0, max)
    }

    /// Trusts `top` itself and checks everything below it.
    pub(crate) fn list_below(
        top: &Path,
        folder: &Path,
        owner: u32,
        max: usize,
    ) -> Result<Vec<OsString>, OwnershipError> {
        let refuse = |flaw| OwnershipError { path: folder.to_path_buf(), flaw };
        if folder.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(Vec::new());
        }
        let opened = open_folder(top, folder, owner)?;
        let entries = Dir::read_from(&opened).map_err(|error| refuse(io::Error::from(error).into()))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| refuse(io::Error::from(error).into()))?;
            let name = entry.file_name().to_bytes();
            if !name.starts_with(b".") {
                names.push(OsStr::from_bytes(name).to_owned());
            }
            if names.len() > max {
                return Err(refuse(Flaw::TooMany { limit: max }));
            }
        }
        names.sort();
        Ok(names)
    }
}

#[cfg(windows)]
mod windows {
    //! Windows: the folder is held while it is listed, so that it stays the one that was checked.

    use std::ffi::OsString;
    use std::path::Path;

    use super::super::ownership::{Flaw, OwnershipError, open_folder};

    pub(super) fn list_root_owned(folder: &Path, max: usize) -> Result<Vec<OsString>, OwnershipError> {
        let refuse = |flaw| OwnershipError { path: folder.to_path_buf(), flaw };
        let _held = match open_folder(folder) {
            Err(error) if error.is_absent() => return Ok(Vec::new()),
            held => held?,
        };
        let mut names = Vec::new();
        for entry in folder.read_dir().map_err(|error| refuse(error.into()))? {
            let name = entry.map_err(|error| refuse(error.into()))?.file_name();
            if !name.as_encoded_bytes().starts_with(b".") {
                names.push(name);
            }
            if names.len() > max {
                return Err(refuse(Flaw::TooMany { limit: max }));
            }
        }
        names.sort();
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn folder() -> tempfile::TempDir {
        let top = tempfile::tempdir().unwrap();
        fs::create_dir(top.path().join("enrollment.d")).unwrap();
        for name in ["20-b.toml", "10-a.toml", ".hidden.toml", "30-c.toml~"] {
            fs::write(top.path().join("enrollment.d").join(name), b"").unwrap();
        }
        top
    }

    fn list(top: &Path, name: &str, max: usize) -> Result<Vec<OsString>, String> {
        let me = rustix::process::geteuid().as_raw();
        let shown = format!("{}/", top.display());
        list_below(top, &top.join(name), me, max).map_err(|error| error.to_string().replace(&shown, ""))
    }

    #[test]
    fn the_files_of_a_folder_are_listed_in_the_order_of_their_names() {
        let top = folder();
        let names = ["10-a.toml", "20-b.toml", "30-c.toml~"].map(OsString::from).to_vec();
        assert_eq!(list(top.path(), "enrollment.d", 3), Ok(names));
        assert_eq!(list(top.path(), "nothing.d", 3), Ok(Vec::new()));
        assert_eq!(list(top.path(), "enrollment.d", 2), Err("`enrollment.d` has more than 2 files".into()));
    }

    #[test]
    fn a_folder_that_others_can_fill_or_that_is_a_link_is_refused() {
        let top = folder();
        symlink("enrollment.d", top.path().join("link.d")).unwrap();
        let link = "`link.d` is a symbolic link; put the file itself there";
        assert_eq!(list(top.path(), "link.d", 3), Err(link.into()));
        fs::set_permissions(top.path().join("enrollment.d"), fs::Permissions::from_mode(0o777)).unwrap();
        let loose = "`enrollment.d` can be changed by others (mode 0777); run `chmod go-w` on it";
        assert_eq!(list(top.path(), "enrollment.d", 3), Err(loose.into()));
    }
}
