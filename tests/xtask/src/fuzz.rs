//! `cargo xtask fuzz`: looks for inputs that break a law, one target after the other.

use std::path::Path;
use std::process::Command;

use crate::run::{cargo, checkout, step, target};

/// Coverage as libFuzzer counts it (`-C passes` and `-C llvm-args` are stable, so any compiler of the workspace does);
/// `fuzzing` brings the targets in. What only tests use is unused here.
const FLAGS: &str = "--cfg fuzzing --cap-lints allow -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Clink-dead-code -Cdebug-assertions=on -Coverflow-checks=on";
const HOST: &str = "x86_64-unknown-linux-gnu";

pub(crate) fn fuzz(arguments: &[String]) -> Result<(), String> {
    let (wanted, minutes) = wanted(arguments)?;
    let targets = targets(wanted)?;
    let folder = target().with_file_name("fuzz");
    let mut build = cargo(&["build", "--quiet", "--release", "--package", "fuzz", "--features", "discover"]);
    build.args(["--target", HOST]).env("CARGO_TARGET_DIR", &folder).env("RUSTFLAGS", FLAGS);
    step("build", build.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2"))?;
    let program = folder.join(HOST).join("release/fuzz");
    let mut figures = Vec::new();
    for name in &targets {
        figures.push(format!("{name:24} {}", run(&program, &folder, name, minutes)?));
    }
    println!("── target, executions, minutes, inputs\n{}", figures.join("\n"));
    Ok(())
}

fn wanted(arguments: &[String]) -> Result<(Option<&str>, u64), String> {
    let usage = || "usage: cargo xtask fuzz [TARGET] [--minutes N]".to_owned();
    let (mut name, mut minutes, mut rest) = (None, 1, arguments.iter());
    while let Some(argument) = rest.next() {
        match (argument.as_str(), rest.as_slice()) {
            ("--minutes", [given, ..]) => {
                minutes = given.parse().map_err(|_| usage())?;
                rest.next();
            }
            (option, _) if option.starts_with('-') => return Err(usage()),
            (target, _) => name = Some(target),
        }
    }
    Ok((name, minutes))
}

/// The targets, which are the folders of inputs.
fn targets(wanted: Option<&str>) -> Result<Vec<String>, String> {
    let folder = checkout().join("tests/fuzz/corpus");
    let entries =
        std::fs::read_dir(&folder).map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    let mut all: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    all.sort();
    match wanted {
        None => Ok(all),
        Some(name) if all.iter().any(|one| one == name) => Ok(vec![name.to_owned()]),
        Some(name) => Err(format!("there is no target `{name}`; there are: {}", all.join(", "))),
    }
}

/// What is found is kept beside the build; an input that breaks a law is named, and its target fails.
fn run(program: &Path, folder: &Path, name: &str, minutes: u64) -> Result<String, String> {
    let found = folder.join("corpus").join(name);
    std::fs::create_dir_all(&found).map_err(|error| format!("cannot make {}: {error}", found.display()))?;
    let kept = checkout().join("tests/fuzz/corpus").join(name);
    let mut command = Command::new(program);
    command.env("FUZZ_TARGET", name).arg(&found).arg(&kept);
    command.arg(format!("-max_total_time={}", minutes * 60)).args(["-max_len=16384", "-rss_limit_mb=2048"]);
    command
        .args(["-timeout=10", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/{name}-", folder.display()));
    println!("── {name}");
    let output = command.output().map_err(|error| format!("cannot run `{name}`: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let end: Vec<&str> = said.lines().rev().take(40).collect();
        let end: Vec<&str> = end.into_iter().rev().collect();
        return Err(format!(
            "{}\nthe target `{name}` broke; keep the input in {}",
            end.join("\n"),
            kept.display()
        ));
    }
    let runs = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let inputs = std::fs::read_dir(&found).map_or(0, Iterator::count);
    Ok(format!("{:>12} {minutes:>4} {inputs:>6}", runs.unwrap_or("?").trim()))
}
