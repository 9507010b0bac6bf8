//! `pullgate credentials REGISTRY`: a person's own login for a registry, read as that person.
//!
//! The steward starts it with the person's ids and a clean environment, for that person's own pull. It looks where
//! the person's tools keep logins, in their order, and prints the first one as JSON, or nothing. A file that cannot
//! be read or understood is skipped with a reason on standard error, which never holds anything out of the file.

mod auth_file;
mod helper;
mod key;
mod places;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use host::files;
use image_ref::Registry;
use wire::Login;

use self::{
    auth_file::{AuthFile, Source},
    helper::Helpers,
    places::Places,
};

/// Nobody has so many logins.
const LARGEST_FILE: u64 = 1 << 20;

/// Prints the calling person's login for a registry.
pub(crate) fn run(registry: &str) -> ExitCode {
    let printed = match Registry::parse(registry) {
        Ok(registry) => {
            print(find(&registry, &Places::of_this_process().files(), &Helpers::default(), &mut tell))
        }
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidInput, error)),
    };
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// The first login that one of the files has for the registry, itself or by a helper.
fn find(
    registry: &Registry,
    files: &[PathBuf],
    helpers: &Helpers,
    skip: &mut dyn FnMut(&str),
) -> Option<Login> {
    files.iter().find_map(|path| {
        let mut skip = |reason: &str| skip(&format!("`{}`: {reason}", path.display()));
        let file = read(path, &mut skip)?;
        file.sources(registry, &mut skip).into_iter().find_map(|source| match source {
            Source::Login(login) => Some(login),
            Source::Helper { name, servers } => ask(helpers, &name, &servers, &mut skip),
        })
    })
}

fn read(path: &Path, skip: &mut dyn FnMut(&str)) -> Option<AuthFile> {
    let bytes = match files::read_limited(path, LARGEST_FILE) {
        Ok(bytes) => bytes?,
        Err(error) => {
            skip(&error.to_string());
            return None;
        }
    };
    AuthFile::parse(&bytes).map_err(|flaw| skip(&flaw.to_string())).ok()
}

/// A helper may know the registry under each of its names; one that fails is not asked again.
fn ask(helpers: &Helpers, name: &str, servers: &[String], skip: &mut dyn FnMut(&str)) -> Option<Login> {
    for server in servers {
        match helpers.get(name, server) {
            Ok(None) => {}
            Ok(login) => return login,
            Err(error) => {
                skip(&error.to_string());
                return None;
            }
        }
    }
    None
}

fn print(login: Option<Login>) -> io::Result<()> {
    let Some(login) = login else { return Ok(()) };
    let mut line = serde_json::to_vec(&login)?;
    line.push(b'\n');
    io::stdout().lock().write_all(&line)
}

fn tell(reason: &str) {
    let line = format!("{reason}\n");
    // There is nobody left to tell.
    drop(io::stderr().lock().write_all(line.as_bytes()));
}

#[cfg(test)]
mod tests;
