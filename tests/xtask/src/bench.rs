//! `cargo xtask bench`: builds the product as it is released, and measures it in a laptop.

use std::process::Command;

use crate::machine::{is_root, prepare};
use crate::run::{cargo, step, target};

pub(crate) fn bench(arguments: &[String]) -> Result<(), String> {
    prepare()?;
    if !is_root() {
        return Err("the laptop needs root: run `sudo -E env PATH=\"$PATH\" cargo xtask bench`".to_owned());
    }
    // Beside the folder of the tests, so that neither waits for the other.
    let folder = target().with_file_name("release");
    // Each by itself: what the laboratory's libraries need must not get into the product.
    for package in ["pullgate", "acceptance"] {
        let mut build = cargo(&["build", "--quiet", "--release", "--package", package, "--bins"]);
        step("release", build.env("CARGO_TARGET_DIR", &folder))?;
    }
    let built = folder.join("release");
    let mut bench = Command::new(built.join("bench"));
    step("bench", bench.args(arguments).env("PULLGATE_BIN", built.join("pullgate")))
}
