//! `pullgate containers-env`: what `[engine] env` of containers.conf gives to the calling person's engines, read as that
//! person.
//!
//! The steward starts it with the person's ids, a clean environment and the variables that name other files. It prints
//! one JSON value.

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use engines::{Linux, own_containers_env};

/// Prints what the calling person's files give.
pub fn print_containers_env() -> ExitCode {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let given = folder("HOME").and_then(|home| own_containers_env(&Linux, &home, &folder));
    let printed = serde_json::to_vec(&given).map_err(io::Error::from);
    match printed.and_then(|line| io::stdout().lock().write_all(&line)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
