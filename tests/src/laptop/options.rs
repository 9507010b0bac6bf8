//! What a laptop shall have: which engines run, which binaries and files it is given.

use std::path::{Path, PathBuf};

use super::Laptop;
use crate::desktop::CONFIGURATION;

/// Where dockerd keeps images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// The graph driver store, `overlay2`.
    Classic,
    /// The containerd image store.
    Containerd,
}

/// Something that holds of a laptop, or not yet.
pub type Condition = fn(&Laptop) -> bool;

/// The description of a laptop before it is booted.
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) desktop: bool,
    pub(super) scanners: bool,
    pub(super) masked: Vec<String>,
    pub(super) binaries: Vec<(String, PathBuf)>,
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) programs: Vec<(String, String)>,
    pub(super) units: Vec<(String, String)>,
    pub(super) awaited: Vec<(String, Condition)>,
}

impl Options {
    /// A laptop without a daemon: podman, buildah and skopeo need none.
    pub fn daemonless() -> Self {
        Self::without(&["docker.service", "docker.socket", "containerd.service"])
    }

    /// A laptop with Docker Engine (and the containerd it needs) in one of its two image stores.
    pub fn docker(store: Store) -> Self {
        let options = Self::without(&[]);
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
        Self::without(&["docker.service", "docker.socket"])
    }

    /// A laptop with Docker Engine and all that a [`crate::desktop::Desktop`] is made of, which nothing starts by itself.
    pub fn desktop() -> Self {
        let folder = "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml";
        let options = Self { desktop: true, ..Self::docker(Store::Classic) };
        CONFIGURATION
            .iter()
            .fold(options, |options, (name, content)| options.file(&format!("{folder}/{name}"), content))
    }

    fn without(units: &[&str]) -> Self {
        Self {
            desktop: false,
            scanners: false,
            masked: units.iter().map(|&unit| unit.to_owned()).collect(),
            binaries: Vec::new(),
            files: Vec::new(),
            programs: Vec::new(),
            units: Vec::new(),
            awaited: Vec::new(),
        }
    }

    /// Adds `sslscan` and `testssl`.
    #[must_use]
    pub fn scanners(mut self) -> Self {
        self.scanners = true;
        self
    }

    /// Keeps a systemd unit from ever starting.
    #[must_use]
    pub fn mask(mut self, unit: &str) -> Self {
        self.masked.push(unit.to_owned());
        self
    }

    /// Hands in a binary or a folder of the host, read-only, as `/opt/lab/NAME`.
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

    /// Puts a program into the laptop before it boots.
    #[must_use]
    pub fn program(mut self, path: &str, content: &str) -> Self {
        self.programs.push((path.to_owned(), content.to_owned()));
        self
    }

    /// Starts a systemd unit of this name and content with the laptop.
    #[must_use]
    pub fn unit(mut self, name: &str, content: &str) -> Self {
        self.units.push((name.to_owned(), content.to_owned()));
        self
    }

    /// Lets the boot end only when this holds; `what` completes the words "waited in vain until".
    #[must_use]
    pub fn until(mut self, what: &str, condition: Condition) -> Self {
        self.awaited.push((what.to_owned(), condition));
        self
    }
}
