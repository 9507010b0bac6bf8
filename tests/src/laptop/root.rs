//! The Debian roots that laptops boot from.

use std::path::PathBuf;

const PACKAGES: &str = include_str!("packages.txt");
const HOOKS: &[&str] = &[
    r#"chroot "$1" useradd --create-home --shell /bin/bash --uid 1000 --groups docker ada"#,
    r#"chroot "$1" useradd --create-home --shell /bin/bash --uid 1001 bob"#,
];
/// Programs that look at a listener from outside.
const SCANNERS: &str = "sslscan testssl.sh bsdextrautils";
const DESKTOP_PACKAGES: &str = include_str!("desktop-packages.txt");

/// A ready root: one folder, or several that lie over each other.
#[derive(Clone, Debug)]
pub struct Root {
    layers: Vec<PathBuf>,
}

impl Root {
    /// Finds the root for the current list of packages, or makes it, which takes about a minute.
    pub fn ensure() -> Self {
        Self { layers: vec![made(roots::debian(PACKAGES, HOOKS))] }
    }

    /// The same with a desktop in a second layer, which takes half a minute to make.
    pub fn ensure_desktop() -> Self {
        let Self { mut layers } = Self::ensure();
        layers.insert(0, made(roots::layer("desktop", &layers, DESKTOP_PACKAGES)));
        Self { layers }
    }

    /// The same with programs that scan TLS in a second layer, which takes half a minute to make.
    pub fn ensure_scanners() -> Self {
        let Self { mut layers } = Self::ensure();
        layers.insert(0, made(roots::layer("scan", &layers, SCANNERS)));
        Self { layers }
    }

    /// Where it lies, as the `lowerdir` of an overlay: the highest layer first.
    pub fn lower(&self) -> String {
        roots::lower(&self.layers)
    }
}

fn made(root: Result<PathBuf, String>) -> PathBuf {
    root.unwrap_or_else(|error| panic!("the laptop has no root: {error}"))
}
