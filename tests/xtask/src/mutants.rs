//! `cargo xtask mutants CRATE`: changes the code that judges, one place at a time, and asks the crate's own tests whether
//! they see it. What they need not see is argued in `src-tauri/docs/mutants.md`; anything else that survives fails.
//!
//! It takes minutes for a small crate and hours for `gateway`, so it is no part of `cargo xtask test`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{checkout, step, target};

/// What is changed of a crate, and the tests that are asked first: those that see most of it in little time.
struct Scope {
    name: &'static str,
    files: &'static [&'static str],
    first: &'static [&'static str],
}

const SCOPES: &[Scope] = &[
    Scope { name: "image-ref", files: &["src-tauri/crates/image-ref/src/**/*.rs"], first: &[] },
    Scope {
        name: "policy",
        files: &["src-tauri/crates/policy/src/decide.rs", "src-tauri/crates/policy/src/decide/**/*.rs"],
        first: &[],
    },
    Scope {
        name: "gateway",
        files: &[
            "src-tauri/crates/gateway/src/pull/accept.rs",
            "src-tauri/crates/gateway/src/pull/accept/**/*.rs",
            "src-tauri/crates/gateway/src/pull/path.rs",
            "src-tauri/crates/gateway/src/pull/request.rs",
            "src-tauri/crates/gateway/src/expiring_map.rs",
            "src-tauri/crates/gateway/src/provenance.rs",
            "src-tauri/crates/gateway/src/provenance/record.rs",
            "src-tauri/crates/gateway/src/redirects.rs",
            "src-tauri/crates/gateway/src/registries.rs",
        ],
        first: &[
            "accept",
            "path",
            "expiring_map",
            "provenance",
            "redirects",
            "registries",
            "fuzzing",
            "framing",
            "hosts",
            "tunnels",
            "mirror",
            "authority",
        ],
    },
];
/// Tests are not changed, nor the laws that inputs are tried by.
const UNCHANGED: &[&str] = &["**/tests.rs", "**/tests/**", "**/laws.rs", "**/fuzzing.rs", "**/fuzzing/**"];
const VERSION: &str = "27.1.0";
/// A test that takes so many seconds waits for something that does not come any more.
const TOO_LONG: &str = "120";
const ARGUED: &str = "src-tauri/docs/mutants.md";
const USAGE: &str = "usage: cargo xtask mutants (image-ref | policy | gateway) [--shard K/N] [--file GLOB]";

pub(crate) fn mutants(arguments: &[String]) -> Result<(), String> {
    let (name, options) = arguments.split_first().ok_or(USAGE)?;
    let scope = SCOPES.iter().find(|scope| scope.name == name).ok_or(USAGE)?;
    let (shard, file) = chosen(options)?;
    let tool = tool()?;
    let folder = target().with_file_name(format!("mutants-{}", scope.name));
    let seen = folder.join("mutants.out");
    // Found by earlier runs of other shards; this one begins anew.
    match fs::remove_dir_all(&seen) {
        Err(error) if seen.exists() => return Err(format!("cannot remove {}: {error}", seen.display())),
        Ok(()) | Err(_) => {}
    }
    let files: Vec<&str> = file.as_deref().map_or_else(|| scope.files.to_vec(), |file| vec![file]);
    let run = |tests: &[&str], again: bool| {
        let mut command = Command::new(&tool);
        command.current_dir(checkout()).env("CARGO_TARGET_DIR", folder.join("target"));
        command
            .args(["mutants", "--package", scope.name, "--jobs", "1", "--timeout", TOO_LONG, "--output"])
            .arg(&folder);
        command.args(files.iter().flat_map(|glob| ["--file", glob]));
        command.args(UNCHANGED.iter().flat_map(|glob| ["--exclude", glob]));
        if let Some(shard) = &shard {
            command.args(["--shard", shard]);
        }
        if again {
            command.args(["--iterate", "--baseline", "skip"]);
        }
        command.args(["--no-shuffle", "--colors", "never", "--", "--lib", "--"]).args(tests);
        command
    };
    ask(&mut run(scope.first, false), &seen)?;
    let mut caught = caught(&seen);
    if !scope.first.is_empty() {
        // Of those that survived, whether any other test sees them.
        ask(&mut run(&[], true), &seen)?;
        caught += self::caught(&seen);
    }
    report(&seen, caught)
}

fn chosen(options: &[String]) -> Result<(Option<String>, Option<String>), String> {
    let (mut shard, mut file, mut rest) = (None, None, options);
    while let [option, value, more @ ..] = rest {
        match option.as_str() {
            "--shard" => shard = Some(value.clone()),
            "--file" => file = Some(value.clone()),
            _ => return Err(USAGE.to_owned()),
        }
        rest = more;
    }
    if rest.is_empty() { Ok((shard, file)) } else { Err(USAGE.to_owned()) }
}

/// It fails where a change survives, which is looked at afterwards; without an outcome it could not be run at all.
fn ask(command: &mut Command, seen: &Path) -> Result<(), String> {
    let result = step("mutants", command);
    if seen.join("missed.txt").is_file() { Ok(()) } else { result }
}

/// The program, built once from its package.
fn tool() -> Result<PathBuf, String> {
    let folder = roots::cache().join(format!("cargo-mutants-{VERSION}"));
    let program = folder.join("bin/cargo-mutants");
    if !program.is_file() {
        let mut install = Command::new("cargo");
        install.args(["install", "cargo-mutants", "--quiet", "--locked", "--version", VERSION, "--root"]);
        step("build cargo-mutants, once", install.arg(&folder))?;
    }
    Ok(program)
}

fn lines(seen: &Path, name: &str) -> Vec<String> {
    fs::read_to_string(seen.join(name)).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// How many changes made a test fail, or wait for ever.
fn caught(seen: &Path) -> usize {
    lines(seen, "caught.txt").len() + lines(seen, "timeout.txt").len()
}

/// Says how many changes there were, and fails where one survived that nobody has argued.
fn report(seen: &Path, caught: usize) -> Result<(), String> {
    let argued = fs::read_to_string(checkout().join(ARGUED))
        .map_err(|error| format!("cannot read {ARGUED}: {error}"))?;
    let missed = lines(seen, "missed.txt");
    let is_argued = |line: &&String| argued.contains(&format!("`{}`", without_place(line)));
    let (known, new): (Vec<&String>, Vec<&String>) = missed.iter().partition(is_argued);
    let all = caught + missed.len();
    println!(
        "── {all} changes: {caught} are seen, {} survive and are argued, {} survive",
        known.len(),
        new.len()
    );
    new.iter().for_each(|line| println!("{line}"));
    if new.is_empty() { Ok(()) } else { Err(format!("a test is missing, or an argument in {ARGUED}")) }
}

/// Without line and column, which move: `FILE: WHAT`, the file as its name in the crate.
fn without_place(line: &str) -> String {
    let (place, what) = line.split_once(": ").unwrap_or((line, ""));
    let file = place.split(".rs:").next().unwrap_or(place);
    let name = file.split_once("/src/").map_or(file, |(_, name)| name);
    format!("{name}.rs: {what}")
}
