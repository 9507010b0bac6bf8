//! macOS has no mode for a socket that is not bound: it is made in a folder that nobody else enters.

use std::fs::{DirBuilder, Permissions, remove_dir, rename, set_permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::Path;

use crate::files::Mode;

pub(super) fn listen(path: &Path, mode: Mode) -> io::Result<UnixListener> {
    let aside = path.with_extension("new");
    match DirBuilder::new().mode(0o700).create(&aside) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::remove_dir_all(&aside).and_then(|()| DirBuilder::new().mode(0o700).create(&aside))?
        }
        made => made?,
    }
    let made = aside.join("s");
    let listener = UnixListener::bind(&made)?;
    set_permissions(&made, Permissions::from_mode(mode.0))?;
    rename(&made, path)?;
    remove_dir(&aside)?;
    Ok(listener)
}
