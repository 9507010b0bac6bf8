//! `cargo xtask conformance PATH`: builds the product, and lets the official suite of the distribution specification ask
//! a registry straight and by both fronts.

use std::path::Path;
use std::process::Command;

use crate::machine::prepare;
use crate::run::{cargo, step, target};

pub(crate) fn conformance(path: &str) -> Result<(), String> {
    let suite = Path::new(path).canonicalize().map_err(|error| format!("cannot find `{path}`: {error}"))?;
    prepare()?;
    step("binaries", &mut cargo(&["build", "--quiet", "--workspace", "--bins"]))?;
    let built = target().join("debug");
    let mut command = Command::new(built.join("conformance"));
    step("conformance", command.arg(suite).env("PULLGATE_BIN", built.join("pullgate")))
}
