//! What a laptop shall have: which engines run, which binaries and files it is given.

use std::path::{Path, PathBuf};

/// Where dockerd keeps images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// The graph driver store, `overlay2`.
    Classic,
    /// The containerd image store.
    Containerd,
}

/// The description of a laptop before it is booted.
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) masked: Vec<String>,
    pub(super) binaries: Vec<(String, PathBuf)>,
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl Options {
    /// A laptop without a daemon: podman, buildah and skopeo need none.
    pub fn daemonless() -> Self {
        let masked = ["docker.service", "docker.socket", "containerd.service"];
        Self { masked: masked.map(str::to_owned).to_vec(), binaries: Vec::new(), files: Vec::new() }
    }

    /// A laptop with Docker Engine (and the containerd it needs) in one of its two image stores.
    pub fn docker(store: Store) -> Self {
        let options = Self { masked: Vec::new(), binaries: Vec::new(), files: Vec::new() };
        match store {
            Store::Classic => options,
            Store::Containerd => options.file(
                "/etc/docker/daemon.json",
                "{\n  \"features\": { \"containerd-snapshotter\": true }\n}\n",
            ),
        }
    }

    /// A laptop with containerd and no Docker Engine.
    pub fn containerd() -> Self {
        let masked = ["docker.service", "docker.socket"];
        Self { masked: masked.map(str::to_owned).to_vec(), binaries: Vec::new(), files: Vec::new() }
    }

    /// Keeps a systemd unit from ever starting.
    #[must_use]
    pub fn mask(mut self, unit: &str) -> Self {
        self.masked.push(unit.to_owned());
        self
    }

    /// Hands in a binary of the host, read-only, as `/opt/lab/NAME`.
    #[must_use]
    pub fn binary(mut self, name: &str, path: &Path) -> Self {
        self.binaries.push((name.to_owned(), path.to_path_buf()));
        self
    }

    /// Puts a file into the laptop before it boots.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.files.push((path.to_owned(), content.as_ref().to_vec()));
        self
    }
}
