//! `cargo xtask test`: everything in order, cheapest first.

use std::fs;
use std::time::Instant;

use crate::elsewhere;
use crate::machine::{is_root, prepare};
use crate::package::{self, Build, pack};
use crate::run::{cargo, checkout, step, target};
use crate::ui;

/// One selection of packages for every step, so that no dependency is built twice.
const ALL: &str = "--workspace";

pub(crate) fn test() -> Result<(), String> {
    let started = Instant::now();
    prepare()?;
    if !is_root() {
        return Err("the laptop needs root: run `sudo -E env PATH=\"$PATH\" cargo xtask test`".to_owned());
    }
    ui::build()?;
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step("lint", &mut cargo(&["clippy", ALL, "--all-targets", "--", "--deny", "warnings"]))?;
    elsewhere::check()?;
    step("unit tests", &mut cargo(&["test", "--quiet", "--no-fail-fast", ALL, "--lib", "--bins"]))?;
    step("binaries", &mut cargo(&["build", "--quiet", ALL, "--bins"]))?;
    pack(Build::Dev)?;
    ui::test()?;
    let pullgate = target().join("debug/pullgate");
    for name in names()? {
        let mut command = cargo(&["test", "--quiet", ALL, "--test", &name]);
        step(&name, command.env("PULLGATE_BIN", &pullgate).env("PULLGATE_PACKAGES", package::folder()))?;
    }
    println!("── everything: {:.0} s", started.elapsed().as_secs_f32());
    Ok(())
}

/// The names of all outside tests, as `tests/Cargo.toml` lists them.
fn names() -> Result<Vec<String>, String> {
    let path = checkout().join("tests/Cargo.toml");
    let text =
        fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let sections = text.split("\n[").filter_map(|section| section.strip_prefix("[test]]"));
    let name = |section: &str| {
        let line = section.lines().find_map(|line| line.strip_prefix("name = "));
        line.map(|name| name.trim_matches('"').to_owned())
    };
    Ok(sections.filter_map(name).collect())
}
