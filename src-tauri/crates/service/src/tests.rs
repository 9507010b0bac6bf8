//! The service's state as a whole, without its sockets.

mod provenance;
mod restart;

use std::{net::SocketAddr, path::Path, sync::Arc};

use host::dirs::Dirs;

use super::{core::Core, listeners::Addresses};

pub(super) fn dirs(folder: &Path) -> Dirs {
    let below = |name: &str| folder.join(name);
    let dirs = Dirs { config: below("config"), state: below("state"), runtime: below("runtime") };
    std::fs::create_dir_all(&dirs.state).unwrap();
    dirs
}

/// A service on a machine that is not enrolled.
pub(super) fn core(folder: &Path) -> Arc<Core> {
    let dirs = dirs(folder);
    let enrollment = dirs.enrollment();
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
    Core::start(dirs, enrollment, Addresses { proxy: nowhere, mirror: nowhere }).unwrap()
}
