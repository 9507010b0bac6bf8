//! The programs that people get, each built by itself: together with the rest of the workspace its libraries would have
//! what others ask of them as well, and nobody would see what is missing without that.

use std::process::Command;

use crate::run::{cargo, step};

/// Where the service, the steward and the command line come from.
pub(crate) const SERVICE: &str = "pullgate";
/// Where the tray and the window come from.
pub(crate) const TRAY: &str = "pullgate-tray";

/// Builds what comes from one package; `settings` adds what the build is made with.
pub(crate) fn build(package: &str, settings: impl Fn(&mut Command)) -> Result<(), String> {
    let mut build = cargo(&["build", "--quiet", "--package", package, "--bins"]);
    settings(&mut build);
    step(&format!("programs of {package}"), &mut build)
}

/// The programs as the tests run them. The tray is the workspace's own: it would bring its toolkit a second time, and what
/// it asks of its libraries nobody else does.
pub(crate) fn build_tested() -> Result<(), String> {
    step("binaries", &mut cargo(&["build", "--quiet", "--workspace", "--bins"]))?;
    build(SERVICE, |_| {})
}
