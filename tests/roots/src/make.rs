//! Making roots and layers, each under another name until it is whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{LAYER, SUITE, UNREAD, lower};

pub(crate) fn root(path: &Path, packages: &str, hooks: &[&str]) -> Result<(), String> {
    let unfinished = clear(path);
    let include: Vec<&str> = packages.split_whitespace().collect();
    let mut command = Command::new("mmdebstrap");
    command.args(["--variant=minbase", &format!("--include={}", include.join(","))]);
    command.args(UNREAD.iter().map(|path| format!("--dpkgopt=path-exclude={path}")));
    command.args(hooks.iter().map(|hook| format!("--customize-hook={hook}")));
    command.arg(SUITE).arg(&unfinished).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("cannot run `mmdebstrap`: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`mmdebstrap` could not make a root of Debian {SUITE}:\n{}", said.trim_end()));
    }
    finish(&unfinished, path)
}

/// Lets apt install packages over the layers below, which it cannot write to, and keeps what it added.
pub(crate) fn layer(path: &Path, below: &[PathBuf], packages: &str) -> Result<(), String> {
    let unfinished = clear(path);
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child", "/bin/bash", "-c", LAYER, "layer.sh"]);
    command.args([lower(below).as_ref(), unfinished.as_os_str()]).args(packages.split_whitespace());
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("cannot run `unshare` of util-linux: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        return Err(format!("apt could not add packages to a root of Debian {SUITE}:\n{said}"));
    }
    finish(&unfinished.join("layer"), path)?;
    let _ = fs::remove_dir_all(&unfinished);
    Ok(())
}

fn clear(path: &Path) -> PathBuf {
    let unfinished = path.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    unfinished
}

fn finish(made: &Path, path: &Path) -> Result<(), String> {
    fs::rename(made, path).map_err(|error| format!("cannot put {} in its place: {error}", path.display()))
}
