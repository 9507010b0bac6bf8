//! Files as POSIX has them: an owner, a group and permission bits.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use super::error::FileError;

/// What a file looks like from outside.
pub(super) struct Look {
    file: File,
    metadata: Metadata,
}

impl Look {
    pub(super) fn of(file: File) -> io::Result<Self> {
        Ok(Self { metadata: file.metadata()?, file })
    }

    pub(super) fn mode(&self) -> u32 {
        self.metadata.mode() & 0o7777
    }

    pub(super) fn give_owner(&self, file: &File) -> io::Result<()> {
        let (current, (uid, gid)) = (file.metadata()?, (self.metadata.uid(), self.metadata.gid()));
        if (current.uid(), current.gid()) == (uid, gid) {
            return Ok(());
        }
        fchown(file, Some(uid), Some(gid))
    }

    /// Access lists and security labels. What the file system does not have, or the caller may not set, is left out.
    pub(super) fn give_attributes(&self, to: &File) -> io::Result<()> {
        let mut names = vec![0; 64 * 1024];
        let length = match rustix::fs::flistxattr(&self.file, &mut names[..]) {
            Err(rustix::io::Errno::OPNOTSUPP) => return Ok(()),
            answer => answer?,
        };
        let mut value = vec![0; 64 * 1024];
        for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let length = rustix::fs::fgetxattr(&self.file, name, &mut value[..])?;
            match rustix::fs::fsetxattr(to, name, &value[..length], rustix::fs::XattrFlags::empty()) {
                Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::PERM) | Ok(()) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Makes a file that was not there, with this mode less the umask.
pub(super) fn create(path: &Path, mode: u32) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

pub(super) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(mode))
}

pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes one folder with exactly this mode, never looser on the way.
pub(super) fn make_one_folder(path: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().mode(mode).create(path)?;
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Opens a file to be read. A pipe in place of a file must not hold the reader.
pub(super) fn open(path: &Path, follow: bool) -> io::Result<File> {
    let no_wait = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let no_follow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let flags = if follow { no_wait } else { no_wait | no_follow };
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// The calling user must own it, and nobody else may have any permission.
pub(super) fn refuse_exposed(path: &Path, metadata: &Metadata) -> Result<(), FileError> {
    let expected = rustix::process::geteuid().as_raw();
    let (owner, mode) = (metadata.uid(), metadata.mode() & 0o7777);
    if owner != expected || mode & 0o077 != 0 {
        return Err(FileError::Exposed { path: path.into(), owner, expected, mode });
    }
    Ok(())
}

/// Whether a file is the caller's own.
pub(super) fn is_mine(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
}

pub(super) fn is_running(process: u32) -> bool {
    let id = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
    id.is_some_and(|id| rustix::process::test_kill_process(id) != Err(rustix::io::Errno::SRCH))
}
