//! `cargo xtask flood`: one user takes what can be had of the service, and another one pulls meanwhile, in a laptop.

use std::process::Command;

use crate::machine::{is_root, prepare};
use crate::run::{cargo, step, target};

pub(crate) fn flood(arguments: &[String]) -> Result<(), String> {
    let release = match arguments {
        [] => false,
        [word] if word == "--release" => true,
        _ => return Err("usage: cargo xtask flood [--release]".to_owned()),
    };
    prepare()?;
    if !is_root() {
        return Err("the laptop needs root: run `sudo -E env PATH=\"$PATH\" cargo xtask flood`".to_owned());
    }
    // What the laboratory's libraries need must not get into the product that people get.
    let (folder, profile) = match release {
        true => (target().with_file_name("release"), "release"),
        false => (target(), "debug"),
    };
    let builds: &[&[&str]] = match release {
        true => &[&["--release", "--package", "pullgate"], &["--release", "--package", "acceptance"]],
        false => &[&["--workspace"]],
    };
    for packages in builds {
        let mut build = cargo(&["build", "--quiet", "--bins"]);
        step("build", build.args(*packages).env("CARGO_TARGET_DIR", &folder))?;
    }
    let built = folder.join(profile);
    let mut flood = Command::new(built.join("flood"));
    step("flood", flood.env("PULLGATE_BIN", built.join("pullgate")))
}
