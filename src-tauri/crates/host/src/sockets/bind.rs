//! Binding a socket of one's own.

use std::io;
use std::net::{SocketAddr, TcpListener};

#[cfg(unix)]
pub use unix::bind_unix;

use super::SocketError;

/// Listens on a loopback address and refuses every other.
pub fn bind_loopback(address: SocketAddr) -> Result<TcpListener, SocketError> {
    if !address.ip().to_canonical().is_loopback() {
        return Err(SocketError::NotLoopback(address));
    }
    TcpListener::bind(address).map_err(|error| refused(error, address.to_string()))
}

pub(super) fn refused(cause: io::Error, address: String) -> SocketError {
    if cause.kind() == io::ErrorKind::AddrInUse {
        return SocketError::InUse(address);
    }
    SocketError::System { address, cause }
}

#[cfg(unix)]
mod unix {
    //! A Unix socket, in the place of one that nobody answers any more.

    #[cfg(target_os = "linux")]
    use linux as system;
    #[cfg(target_os = "macos")]
    use macos as system;

    use std::io;
    use std::os::unix::fs::FileTypeExt;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::Path;

    use super::super::SocketError;
    use super::refused;
    use crate::files::Mode;

    /// Listens on a Unix socket with this mode, which is never looser on the way; a socket that nobody answers
    /// any more is replaced, a live one is not.
    pub fn bind_unix(path: &Path, mode: Mode) -> Result<UnixListener, SocketError> {
        clear_stale(path)?;
        system::listen(path, mode).map_err(|error| refused(error, path.display().to_string()))
    }

    fn clear_stale(path: &Path) -> Result<(), SocketError> {
        let Ok(metadata) = path.symlink_metadata() else { return Ok(()) };
        if !metadata.file_type().is_socket() {
            return Err(SocketError::NotASocket(path.to_path_buf()));
        }
        let address = path.display().to_string();
        match UnixStream::connect(path) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                std::fs::remove_file(path).map_err(|error| refused(error, address))
            }
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(refused(error, address)),
            Ok(_) | Err(_) => Err(SocketError::InUse(address)),
        }
    }

    #[cfg(target_os = "linux")]
    mod linux {
        //! Linux gives the file the mode of the socket that is bound.

        use std::io;
        use std::os::unix::fs::PermissionsExt;
        use std::os::unix::net::UnixListener;
        use std::path::Path;

        use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

        use crate::files::Mode;

        const BACKLOG: i32 = 1024;

        pub(super) fn listen(path: &Path, mode: Mode) -> io::Result<UnixListener> {
            let socket = rustix::net::socket_with(
                AddressFamily::UNIX,
                SocketType::STREAM,
                SocketFlags::CLOEXEC,
                None,
            )?;
            // The kernel gives the file the mode of the unbound socket, less the umask.
            rustix::fs::fchmod(&socket, rustix::fs::Mode::from_raw_mode(mode.0))?;
            rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode.0))?;
            rustix::net::listen(&socket, BACKLOG)?;
            Ok(UnixListener::from(socket))
        }
    }

    #[cfg(target_os = "macos")]
    mod macos {
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
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => std::fs::remove_dir_all(&aside)
                    .and_then(|()| DirBuilder::new().mode(0o700).create(&aside))?,
                made => made?,
            }
            let made = aside.join("s");
            let listener = UnixListener::bind(&made)?;
            set_permissions(&made, Permissions::from_mode(mode.0))?;
            rename(&made, path)?;
            remove_dir(&aside)?;
            Ok(listener)
        }
    }
}
