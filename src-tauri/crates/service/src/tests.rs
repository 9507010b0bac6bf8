//! The service's state as a whole, without its sockets.

mod provenance;
mod restart;

use std::{net::SocketAddr, path::Path};

use host::dirs::Dirs;

use super::{compose::Service, listeners::Addresses};

pub(super) fn dirs(folder: &Path) -> Dirs {
    let below = |name: &str| folder.join(name);
    let dirs = Dirs { config: below("config"), state: below("state"), runtime: below("runtime") };
    std::fs::create_dir_all(&dirs.state).unwrap();
    dirs
}

/// A service on a machine that is not enrolled.
pub(super) fn service(folder: &Path) -> Service {
    let dirs = dirs(folder);
    let enrollment = dirs.enrollment();
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
    Service::compose(dirs, enrollment, Addresses { proxy: nowhere, mirror: nowhere }).unwrap()
}
