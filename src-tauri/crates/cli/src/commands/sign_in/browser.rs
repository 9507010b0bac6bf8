//! The browser of the desktop that the command runs on.

use std::env;
use std::process::{Command, Stdio};

const DISPLAYS: [&str; 2] = ["WAYLAND_DISPLAY", "DISPLAY"];
/// A desktop that is only forwarded here has its browser elsewhere, where nothing reaches this machine's loopback.
const REMOTE: &str = "SSH_CONNECTION";

/// Whether a browser can open here.
pub(super) fn is_there() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    !set(REMOTE) && (cfg!(not(target_os = "linux")) || DISPLAYS.iter().any(|name| set(name)))
}

/// Opens a page; says whether a browser was told.
pub(super) fn open(url: &str) -> bool {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(opener);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    is_there() && command.spawn().is_ok()
}
