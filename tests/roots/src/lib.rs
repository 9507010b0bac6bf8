//! Debian roots in the user's cache: made once for each list of packages, never written to again, and taken away
//! when nothing has asked for them for weeks.

mod keep;
mod make;

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

const SUITE: &str = "trixie";
const UNREAD: &[&str] = &["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*"];
const LAYER: &str = include_str!("layer.sh");

/// The product's folder in the user's cache.
#[must_use]
pub fn cache() -> PathBuf {
    let base = env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".cache");
    base.unwrap_or_else(home).join("pullgate")
}

/// Finds the root with these packages, after these hooks of `mmdebstrap`, or makes it, which takes a minute or two.
pub fn debian(packages: &str, hooks: &[&str]) -> Result<PathBuf, String> {
    let name = format!("{SUITE}-{:016x}", key(&(SUITE, packages, hooks, UNREAD)));
    keep::keep(&name, |path| make::root(path, packages, hooks))
}

/// Finds the layer that adds packages to a root, which may have layers itself, the highest first, or makes it.
pub fn layer(kind: &str, below: &[PathBuf], packages: &str) -> Result<PathBuf, String> {
    let name = format!("{SUITE}-{kind}-{:016x}", key(&(below, packages, LAYER)));
    keep::keep(&name, |path| make::layer(path, below, packages))
}

/// Layers as the `lowerdir` of an overlay.
#[must_use]
pub fn lower(layers: &[PathBuf]) -> String {
    layers.iter().map(|layer| layer.display().to_string()).collect::<Vec<_>>().join(":")
}

fn key(inputs: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    inputs.hash(&mut hasher);
    hasher.finish()
}
