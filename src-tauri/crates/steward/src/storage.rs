//! `pullgate storage`: what lies in the calling person's own container storage, read as that person.
//!
//! The steward starts it with the person's ids and a clean environment, for the list of images that are here
//! already. It prints one JSON value; a file that cannot be read is a reason on standard error.

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use engines::{Linux, own_storage};

/// Prints what the calling person's storage holds.
pub fn print_storage() -> ExitCode {
    match look().and_then(|line| io::stdout().lock().write_all(&line).map_err(|error| error.to_string())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // There is nobody left to tell.
            drop(io::stderr().lock().write_all(format!("{problem}\n").as_bytes()));
            ExitCode::FAILURE
        }
    }
}

fn look() -> Result<Vec<u8>, String> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let uid = rustix::process::getuid().as_raw();
    let home = folder("HOME").ok_or("`HOME` names no folder")?;
    let runtime = folder("XDG_RUNTIME_DIR").unwrap_or_else(|| format!("/run/user/{uid}").into());
    let storage = own_storage(&Linux, uid, &home, &runtime)?;
    serde_json::to_vec(&storage).map_err(|error| error.to_string())
}
