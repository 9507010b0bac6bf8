//! `cargo xtask scan`: builds the product, and lets `testssl` look at its fronts in a laptop.

use std::process::Command;

use crate::machine::prepare;
use crate::run::{cargo, step, target};

pub(crate) fn scan() -> Result<(), String> {
    prepare()?;
    step("binaries", &mut cargo(&["build", "--quiet", "--workspace", "--bins"]))?;
    let built = target().join("debug");
    step("scan", Command::new(built.join("scan")).env("PULLGATE_BIN", built.join("pullgate")))
}
