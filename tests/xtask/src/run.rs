//! Running cargo and other programs, with the seconds that each step takes.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The folder of the checkout.
pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").components().collect()
}

/// Where everything is built: outside the checkout, so that it is shared and survives it.
pub(crate) fn target() -> PathBuf {
    if let Some(given) = env::var_os("CARGO_TARGET_DIR") {
        return PathBuf::from(given);
    }
    roots::cache().join("target")
}

/// Cargo in the checkout, building into [`target`].
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(checkout()).env("CARGO_TARGET_DIR", target()).args(arguments);
    command
}

/// Runs one step, and says how long it took.
pub(crate) fn step(title: &str, command: &mut Command) -> Result<(), String> {
    println!("── {title}");
    let started = Instant::now();
    let status = command.status().map_err(|error| format!("{title}: cannot start: {error}"))?;
    println!("── {title}: {:.1} s", started.elapsed().as_secs_f32());
    if status.success() { Ok(()) } else { Err(format!("{title}: failed")) }
}

/// The same for one whose words are only worth reading when it fails.
pub(crate) fn quiet_step(title: &str, command: &mut Command) -> Result<(), String> {
    println!("── {title}");
    let started = Instant::now();
    let output = command.output().map_err(|error| format!("{title}: cannot start: {error}"))?;
    println!("── {title}: {:.1} s", started.elapsed().as_secs_f32());
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{}\n{title}: failed", String::from_utf8_lossy(&said).trim_end()))
}

/// What a command says on its standard output, if it succeeds.
pub(crate) fn told(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("cannot run `{name}`: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("`{name}` failed: {}", String::from_utf8_lossy(&output.stderr).trim_end()))
}
