//! `cargo xtask demo`: plays the product for an invented organization, in a laptop of its own.

use std::process::Command;

use crate::machine::{is_root, prepare_laptop};
use crate::run::{cargo, step, target};

const WITHOUT_ROOT: &str = "\
The demo boots a throwaway Debian with real container engines, and that needs root:

    sudo -E env PATH=\"$PATH\" cargo xtask demo

It lives in namespaces of its own and in memory. Nothing outside `~/.cache/pullgate` and a folder below `/tmp`
is written to, and the latter is gone at the end.";

pub(crate) fn demo() -> Result<(), String> {
    if !is_root() {
        return Err(WITHOUT_ROOT.to_owned());
    }
    prepare_laptop()?;
    step(
        "build",
        &mut cargo(&["build", "--quiet", "--package", "pullgate", "--package", "acceptance", "--bins"]),
    )?;
    let debug = target().join("debug");
    let mut demo = Command::new(debug.join("demo"));
    let played = demo.env("PULLGATE_BIN", debug.join("pullgate")).status();
    match played {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("the demo did not come to its end".to_owned()),
        Err(error) => Err(format!("the demo cannot start: {error}")),
    }
}
