//! Listing a folder whose files decide what the machine enforces: only root may have been able to put one there.

use std::ffi::OsString;
use std::path::Path;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
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
