//! Reading a file with a limit. Absent is an answer, not an error.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::{FileError, Operation};
use super::system::{open, refuse_exposed};

/// Reads a regular file of at most `max` bytes, following links; `None` when there is none.
pub fn read_limited(path: &Path, max: u64) -> Result<Option<Vec<u8>>, FileError> {
    match open(path, true) {
        Ok(file) => read_open(path, file, max).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::system(Operation::Read, path)(error)),
    }
}

/// Reads a secret of the calling user: refuses a link, another owner, and a mode that lets anybody else in; `None` when there is none.
pub fn read_private(path: &Path, max: u64) -> Result<Option<Vec<u8>>, FileError> {
    if plain_metadata(path)?.is_none() {
        return Ok(None);
    }
    let file = open_itself(path)?;
    let metadata = file.metadata().map_err(FileError::system(Operation::Read, path))?;
    refuse_exposed(path, &metadata)?;
    read_open(path, file, max).map(Some)
}

/// Follows every link of the path to the file it stands for; the file itself need not exist, its folder must.
pub fn resolve(path: &Path) -> Result<PathBuf, FileError> {
    let fail = |error| FileError::system(Operation::Read, path)(error);
    match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
            let folder = super::write::folder_of(path).canonicalize().map_err(fail)?;
            Ok(folder.join(path.file_name().ok_or_else(|| fail(error))?))
        }
        found => found.map_err(fail),
    }
}

/// What stands at this path itself; a link or anything but a regular file is an error.
pub(super) fn plain_metadata(path: &Path) -> Result<Option<Metadata>, FileError> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => Err(FileError::Symlink { path: path.into() }),
        Ok(metadata) if !metadata.is_file() => Err(FileError::NotRegular { path: path.into() }),
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::system(Operation::Read, path)(error)),
    }
}

/// The file at this path, even if a link took its place a moment ago.
pub(super) fn open_itself(path: &Path) -> Result<File, FileError> {
    open(path, false).map_err(FileError::system(Operation::Read, path))
}

fn read_open(path: &Path, file: File, max: u64) -> Result<Vec<u8>, FileError> {
    let fail = FileError::system(Operation::Read, path);
    match file.metadata() {
        Ok(metadata) if !metadata.is_file() => return Err(FileError::NotRegular { path: path.into() }),
        Ok(_) => {}
        Err(error) => return Err(fail(error)),
    }
    match read_at_most(file, max) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(FileError::TooLarge { path: path.into(), limit: max }),
        Err(error) => Err(fail(error)),
    }
}

/// `None` when there is more than `max`.
pub(super) fn read_at_most(file: File, max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= max).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn an_absent_file_is_none_and_a_folder_or_pipe_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_limited(&folder.path().join("nothing"), 10).unwrap().is_none());
        assert!(matches!(read_limited(folder.path(), 10), Err(FileError::NotRegular { .. })));
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        assert!(matches!(read_limited(&pipe, 10), Err(FileError::NotRegular { .. })));
    }

    #[test]
    fn the_limit_is_the_largest_size_that_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"0123456789").unwrap();
        assert_eq!(read_limited(&path, 10).unwrap().as_deref(), Some(&b"0123456789"[..]));
        let error = read_limited(&path, 9).unwrap_err();
        assert_eq!(error.to_string(), format!("`{}` is larger than 9 bytes", path.display()));
    }

    #[test]
    fn a_secret_that_others_can_reach_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        assert!(read_private(&path, 10).unwrap().is_none());
        fs::write(&path, b"secret").unwrap();
        for mode in [0o644, 0o640, 0o602, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refused = read_private(&path, 10);
            assert!(matches!(refused, Err(FileError::Exposed { mode: m, .. }) if m == mode), "{refused:?}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read_private(&path, 10).unwrap().as_deref(), Some(&b"secret"[..]));

        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(matches!(read_private(&link, 10), Err(FileError::Symlink { .. })));
    }

    #[test]
    fn links_are_followed_to_a_file_that_may_be_absent_but_not_through_a_broken_link() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        fs::create_dir(top.join("real")).unwrap();
        symlink("real", top.join("alias")).unwrap();
        symlink("real/file", top.join("link")).unwrap();

        assert_eq!(resolve(&top.join("alias/file")).unwrap(), top.join("real/file"));
        assert!(resolve(&top.join("link")).is_err());
        fs::write(top.join("real/file"), b"").unwrap();
        assert_eq!(resolve(&top.join("link")).unwrap(), top.join("real/file"));
        assert!(resolve(&top.join("no-folder/file")).is_err());
    }
}
