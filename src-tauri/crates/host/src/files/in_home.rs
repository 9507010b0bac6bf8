//! What root may look at below a person's home. Whoever owns a home says what its links lead to, so a link is followed
//! only to a folder that is the person's as well: of everything else it is told that the way leads elsewhere, whether
//! there is anything at its end or not.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

/// What stands at a path below a home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InHome {
    /// Nothing.
    Absent,
    /// Something that is neither a folder nor a link; what is in it was not read.
    There,
    /// A folder of the person's, or one that everybody may list, with its names in order.
    Folder(Vec<String>),
    /// Here the way leads to what is not the person's, or cannot be followed.
    Elsewhere(PathBuf),
}

/// More names than these say nothing more.
const MOST: usize = 64;

/// Looks from a home that is its owner's by the word of the machine's list of accounts.
pub fn look_in_home(home: &Path, owner: u32, below: &Path) -> InHome {
    let Ok(top) = open(rustix::fs::CWD, home.as_os_str(), OFlags::empty()) else { return InHome::Absent };
    if !is_theirs(&top, owner) && !is_public(&top) {
        return InHome::Absent;
    }
    match walk(top, home, owner, below) {
        Ok(seen) => seen,
        Err(Way::Ends) => InHome::Absent,
        Err(Way::LeadsOff(path)) => InHome::Elsewhere(path),
    }
}

/// Why a path was not followed to its end.
enum Way {
    Ends,
    LeadsOff(PathBuf),
}

fn walk(top: OwnedFd, home: &Path, owner: u32, below: &Path) -> Result<InHome, Way> {
    let (mut folder, mut reached) = (top, home.to_path_buf());
    let mut steps = below.components().peekable();
    while let Some(step) = steps.next() {
        reached.push(step);
        let Component::Normal(name) = step else { return Err(Way::LeadsOff(reached)) };
        let kind = kind(&folder, name).map_err(|error| match error {
            Errno::NOENT | Errno::NOTDIR => Way::Ends,
            _ => Way::LeadsOff(reached.clone()),
        })?;
        let is_last = steps.peek().is_none();
        let opened = if kind == FileType::Directory {
            open(&folder, name, OFlags::NOFOLLOW).ok()
        } else if kind == FileType::Symlink {
            open(&folder, name, OFlags::empty()).ok()
        } else {
            return if is_last { Ok(InHome::There) } else { Err(Way::Ends) };
        };
        let is_linked = kind == FileType::Symlink;
        let may_see = |it: &OwnedFd| is_theirs(it, owner) || (!is_linked && is_public(it));
        folder = opened.filter(may_see).ok_or_else(|| Way::LeadsOff(reached.clone()))?;
    }
    names(&folder).map(InHome::Folder).map_err(|_| Way::LeadsOff(reached))
}

fn open(folder: impl std::os::fd::AsFd, name: &OsStr, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    let flags = flags | OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    rustix::fs::openat(folder, name, flags, Mode::empty())
}

fn kind(folder: &OwnedFd, name: &OsStr) -> rustix::io::Result<FileType> {
    let stat = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(stat.st_mode))
}

fn is_theirs(folder: &OwnedFd, owner: u32) -> bool {
    rustix::fs::fstat(folder).is_ok_and(|stat| stat.st_uid == owner)
}

/// A folder that root made in a home, and that hides nothing.
fn is_public(folder: &OwnedFd) -> bool {
    rustix::fs::fstat(folder).is_ok_and(|stat| stat.st_uid == 0 && stat.st_mode & 0o005 == 0o005)
}

fn names(folder: &OwnedFd) -> rustix::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." && names.len() < MOST {
            names.push(OsStr::from_bytes(name).to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn home() -> (tempfile::TempDir, u32) {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".config/containers/registries.conf.d")).unwrap();
        fs::write(home.path().join(".config/containers/registries.conf.d/x.conf"), "").unwrap();
        (home, rustix::process::geteuid().as_raw())
    }

    /// A link in a home showed every name of a folder of root's to everybody.
    #[test]
    fn a_link_to_a_folder_of_somebody_else_shows_no_name_and_not_whether_it_is_there() {
        let (home, _) = home();
        let (config, nobody) = (home.path().join(".config"), 4_000_000_000);
        let link = config.join("link");
        for target in ["/root", "/etc", "/no/such/folder", "/etc/passwd", "/proc/1/root", "link"] {
            fs::remove_file(&link).unwrap_or_default();
            symlink(target, &link).unwrap();
            for below in ["link", "link/x", "link/x/y"] {
                let top = open(rustix::fs::CWD, config.as_os_str(), OFlags::empty()).unwrap();
                let seen = walk(top, &config, nobody, Path::new(below));
                assert!(matches!(seen, Err(Way::LeadsOff(at)) if at == link), "{target} {below}");
            }
        }
    }

    #[test]
    fn what_is_the_persons_is_found_behind_their_own_links_too() {
        let (home, me) = home();
        let look = |below: &str| look_in_home(home.path(), me, Path::new(below));
        let names = InHome::Folder(vec!["x.conf".into()]);
        assert_eq!(look(".config/containers/registries.conf.d"), names);
        assert_eq!(look(".config/containers/registries.conf.d/x.conf"), InHome::There);
        assert_eq!(look(".config/containers/registries.conf.d/x.conf/y"), InHome::Absent);
        assert_eq!(look(".config/containers/policy.json"), InHome::Absent);
        symlink(home.path().join(".config"), home.path().join("elsewhere")).unwrap();
        assert_eq!(look("elsewhere/containers/registries.conf.d"), names);
        assert_eq!(look("../x"), InHome::Elsewhere(home.path().join("..")));
    }

    #[test]
    fn a_home_of_somebody_else_is_not_looked_at() {
        let (home, me) = home();
        fs::set_permissions(home.path(), PermissionsExt::from_mode(0o700)).unwrap();
        let seen = look_in_home(home.path(), me + 1, Path::new(".config/containers/registries.conf.d"));
        assert_eq!(seen, InHome::Absent);
    }
}
