//! The Debian roots that laptops boot from: made once, kept in the user's cache, never written to again.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::place;

const SUITE: &str = "trixie";
const PACKAGES: &str = include_str!("packages.txt");
const HOOKS: &[&str] = &[
    r#"chroot "$1" useradd --create-home --shell /bin/bash --uid 1000 --groups docker ada"#,
    r#"chroot "$1" useradd --create-home --shell /bin/bash --uid 1001 bob"#,
];
const UNREAD: &[&str] = &["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*"];
const DESKTOP_PACKAGES: &str = include_str!("desktop-packages.txt");
const LAYER: &str = include_str!("layer.sh");

/// A ready root: one folder, or several that lie over each other.
#[derive(Clone, Debug)]
pub struct Root {
    layers: Vec<PathBuf>,
}

impl Root {
    /// Finds the root for the current list of packages, or makes it, which takes about a minute.
    pub fn ensure() -> Self {
        let name = format!("{SUITE}-{:016x}", key(&(SUITE, PACKAGES, HOOKS, UNREAD)));
        Self { layers: vec![keep(&name, make)] }
    }

    /// The same with a desktop in a second layer, which takes half a minute to make.
    pub fn ensure_desktop() -> Self {
        let Self { mut layers } = Self::ensure();
        let name = format!("{SUITE}-desktop-{:016x}", key(&(&layers, DESKTOP_PACKAGES, LAYER)));
        let layer = keep(&name, |path| make_layer(&layers, path));
        layers.insert(0, layer);
        Self { layers }
    }

    /// Where it lies, as the `lowerdir` of an overlay: the highest layer first.
    pub fn lower(&self) -> String {
        join(&self.layers)
    }
}

fn join(layers: &[PathBuf]) -> String {
    layers.iter().map(|layer| layer.display().to_string()).collect::<Vec<_>>().join(":")
}

fn key(inputs: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    inputs.hash(&mut hasher);
    hasher.finish()
}

/// Finds a folder of this name in the cache, or lets it be made while others wait.
fn keep(name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let roots = place::cache().join("roots");
    let path = roots.join(name);
    fs::create_dir_all(&roots)
        .unwrap_or_else(|error| panic!("cannot make the folder {}: {error}", roots.display()));
    let lock = fs::File::create(roots.join("lock")).expect("the cache is writable");
    lock.lock().expect("the cache can be locked");
    if !path.is_dir() {
        make(&path);
    }
    path
}

fn make(path: &Path) {
    let unfinished = path.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    let include: Vec<&str> = PACKAGES.split_whitespace().collect();
    let mut command = Command::new("mmdebstrap");
    command.args(["--variant=minbase", &format!("--include={}", include.join(","))]);
    command.args(UNREAD.iter().map(|path| format!("--dpkgopt=path-exclude={path}")));
    command.args(HOOKS.iter().map(|hook| format!("--customize-hook={hook}")));
    command.arg(SUITE).arg(&unfinished).stdin(Stdio::null()).stdout(Stdio::null());
    let status = command.status().unwrap_or_else(|error| panic!("cannot run `mmdebstrap`: {error}"));
    assert!(status.success(), "`mmdebstrap` could not make the laptop's root: {status}");
    fs::rename(&unfinished, path).expect("both names lie in the same folder");
}

/// Lets apt install the desktop over the layers below, which it cannot write to, and keeps what it added.
fn make_layer(below: &[PathBuf], path: &Path) {
    let unfinished = path.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child", "/bin/bash", "-c", LAYER, "layer.sh"]);
    command.args([join(below).as_ref(), unfinished.as_os_str()]).args(DESKTOP_PACKAGES.split_whitespace());
    let output = command.stdin(Stdio::null()).output().expect("`unshare` of util-linux is installed");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "apt could not add the desktop to the laptop's root:\n{said}");
    fs::rename(unfinished.join("layer"), path).expect("both names lie in the same folder");
    let _ = fs::remove_dir_all(&unfinished);
}
