//! `cargo xtask test`: everything in order, cheapest first.

use std::fs;
use std::slice;
use std::time::Instant;

use crate::elsewhere;
use crate::machine::{is_root, prepare};
use crate::package::{self, Build, pack};
use crate::programs;
use crate::retry;
use crate::run::{cargo, checkout, step, target};
use crate::supply;
use crate::ui;

/// One selection of packages for every step, so that no dependency is built twice.
const ALL: &str = "--workspace";

/// How many tests with engines may be under way. Only one more is at work than there are processors; the others wait
/// for their turn or for the laptop that they share.
const THREADS: &str = "24";

/// `cargo xtask test [PART | NAME]`: everything, or one part of it, or the tests with engines that have this in their name.
pub(crate) fn test(arguments: &[String]) -> Result<(), String> {
    let started = Instant::now();
    prepare()?;
    match arguments {
        [] => everything(),
        [part] if part == "quick" => quick(),
        [part] if part == "unit" => unit(),
        [part] if part == "page" => page(),
        [part] if names()?.contains(part) => outside(slice::from_ref(part), &[]),
        [word] if !word.starts_with('-') => outside(&["gate".to_owned()], slice::from_ref(word)),
        _ => Err("usage: cargo xtask test [quick | unit | page | gate | desktop | package | direct | NAME]"
            .to_owned()),
    }?;
    println!("── all of it: {:.0} s", started.elapsed().as_secs_f32());
    Ok(())
}

fn everything() -> Result<(), String> {
    needs_root()?;
    ui::build()?;
    lint()?;
    architecture()?;
    supply::check()?;
    elsewhere::check()?;
    unit()?;
    page()?;
    let others: Vec<String> = names()?.into_iter().filter(|name| name != "architecture").collect();
    outside(&others, &[])
}

/// What can be known without running anything for long.
fn quick() -> Result<(), String> {
    ui::build()?;
    lint()?;
    architecture()
}

fn architecture() -> Result<(), String> {
    step("architecture", &mut cargo(&["test", "--quiet", ALL, "--test", "architecture"]))
}

fn lint() -> Result<(), String> {
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step("lint", &mut cargo(&["clippy", ALL, "--all-targets", "--", "--deny", "warnings"]))?;
    let mut doc = cargo(&["doc", "--quiet", ALL, "--no-deps", "--document-private-items"]);
    step("documentation", doc.env("RUSTDOCFLAGS", "--deny warnings"))
}

fn unit() -> Result<(), String> {
    ui::build()?;
    step("unit tests", &mut cargo(&["test", "--quiet", "--no-fail-fast", ALL, "--lib", "--bins"]))
}

fn page() -> Result<(), String> {
    ui::build()?;
    ui::test()
}

/// Tests from outside, with the programs and packages that people get.
fn outside(tests: &[String], words: &[String]) -> Result<(), String> {
    needs_root()?;
    ui::build()?;
    programs::build_tested()?;
    pack(Build::Dev)?;
    let pullgate = target().join("debug/pullgate");
    let mut unsteady = Vec::new();
    for name in tests {
        unsteady.extend(retry::run(name, |again| {
            let mut command = cargo(&["test", "--quiet", ALL, "--test", name, "--"]);
            command.args(if again.is_empty() { words } else { again });
            command.env("RUST_TEST_THREADS", THREADS);
            command.env("PULLGATE_BIN", &pullgate).env("PULLGATE_PACKAGES", package::folder());
            command
        })?);
    }
    for name in unsteady {
        println!("── unsteady: `{name}` failed beside others and passed alone; find out why");
    }
    Ok(())
}

fn needs_root() -> Result<(), String> {
    if is_root() {
        return Ok(());
    }
    Err("the laptop needs root: run `sudo -E env PATH=\"$PATH\" cargo xtask test`".to_owned())
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
