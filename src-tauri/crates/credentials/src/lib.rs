//! `pullgate credentials REGISTRY[/REPOSITORY]`: a person's own login for a repository, read as that person.
//!
//! The steward starts it with the person's ids, their process's places and a few of its variables, for that person's
//! own pull. It looks where the tool that asked would have looked, in that tool's order, and prints what it found as
//! JSON. A file that cannot be understood is skipped with a reason on standard error, which never holds anything out
//! of the file; one that the person cannot reach is none of theirs.

mod auth_file;
mod command;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod helper;
mod key;
mod places;
mod registries_conf;

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use host::files::{self, FileError};
use image_ref::{Registry, Repository};
use serde::{Deserialize, Serialize};
use steward_protocol::{Login, LoginFinder};

use self::{
    auth_file::{AuthFile, Source},
    helper::Helpers,
    places::{Place, Places},
    registries_conf::AUTH_FILES,
};

/// Nobody has so many logins.
const LARGEST_FILE: u64 = 1 << 20;

/// How long the person's helpers have together. Those of clouds take seconds on a cold start.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What is asked of this program.
#[derive(Clone, Debug)]
pub struct Question {
    /// A registry, or a repository in full.
    pub name: String,
    /// Whose rules find the login.
    pub finder: LoginFinder,
    /// Whether it is for a push.
    pub push: bool,
    /// The process that asks for the image.
    pub process: Option<u32>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Login>,
    /// Why there is none although there should be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// The part of a registry that a login is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The registry.
    pub registry: Registry,
    /// The path of the repository there; none for the registry as a whole.
    pub repository: Option<String>,
}

impl Wanted {
    /// Reads `REGISTRY` or `REGISTRY/REPOSITORY`.
    pub fn parse(name: &str) -> Result<Self, String> {
        let (registry, path) = name.split_once('/').map_or((name, None), |(host, path)| (host, Some(path)));
        let registry = Registry::parse(registry).map_err(|error| error.to_string())?;
        let Some(path) = path else { return Ok(Self { registry, repository: None }) };
        let repository = Repository::new(registry, path).map_err(|error| error.to_string())?;
        Ok(Self { registry: repository.registry().clone(), repository: Some(repository.path().to_owned()) })
    }
}

/// Prints the calling person's login.
pub fn run(question: &Question) -> ExitCode {
    let printed = Wanted::parse(&question.name)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
        .and_then(|wanted| {
            let places = Places::of_this_process(question);
            print(&find(
                &wanted,
                question.finder,
                &places,
                &Helpers::until(Instant::now() + PATIENCE),
                &mut tell,
            ))
        });
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// The login that the tool would have found.
fn find(
    wanted: &Wanted,
    finder: LoginFinder,
    places: &Places,
    helpers: &Helpers,
    skip: &mut dyn FnMut(&str),
) -> Found {
    match finder {
        LoginFinder::Docker => in_files(&places.docker_files(), finder, wanted, helpers, skip),
        LoginFinder::ContainersImage => {
            let mut found = Found::default();
            for name in registries_conf::helpers(&places.registries_conf(), skip) {
                let next = if name == AUTH_FILES {
                    in_files(&places.files(), finder, wanted, helpers, skip)
                } else {
                    ask(helpers, &name, &[wanted.registry.to_string()])
                };
                found = Found { login: next.login, failure: found.failure.or(next.failure) };
                if found.login.is_some() {
                    break;
                }
            }
            found
        }
    }
}

/// A helper that fails has the last word, as with the tools: a login further down would be somebody else's choice.
fn in_files(
    files: &[Place],
    finder: LoginFinder,
    wanted: &Wanted,
    helpers: &Helpers,
    skip: &mut dyn FnMut(&str),
) -> Found {
    for place in files {
        let mut skip = |reason: &str| skip(&format!("`{}`: {reason}", place.path().display()));
        let Some(file) = read(place, &mut skip) else { continue };
        for source in file.sources(wanted, finder, &mut skip) {
            let found = match source {
                Source::Login(login) => Found { login: Some(login), failure: None },
                Source::Helper { name, servers } => ask(helpers, &name, &servers),
            };
            if found != Found::default() {
                return found;
            }
        }
    }
    Found::default()
}

fn read(place: &Place, skip: &mut dyn FnMut(&str)) -> Option<AuthFile> {
    let bytes = read_reachable(place.path(), skip)?;
    let parsed = match place {
        Place::Current(_) => AuthFile::parse(&bytes),
        Place::Legacy(_) => AuthFile::parse_legacy(&bytes),
    };
    parsed.map_err(|flaw| skip(&flaw.to_string())).ok()
}

/// The content of a file that the person can reach; what is wrong with one is a reason.
fn read_reachable(path: &Path, skip: &mut dyn FnMut(&str)) -> Option<Vec<u8>> {
    match files::read_limited(path, LARGEST_FILE) {
        Ok(bytes) => bytes,
        Err(error) => {
            if !is_out_of_reach(&error) {
                skip(&error.to_string());
            }
            None
        }
    }
}

fn is_out_of_reach(error: &FileError) -> bool {
    let FileError::System { cause, .. } = error else { return false };
    matches!(cause.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::NotADirectory)
}

/// A helper may know the registry under each of its names; one that fails is not asked again.
fn ask(helpers: &Helpers, name: &str, servers: &[String]) -> Found {
    for server in servers {
        match helpers.get(name, server) {
            Ok(None) => {}
            Ok(login) => return Found { login, failure: None },
            Err(error) => return Found { login: None, failure: Some(error.to_string()) },
        }
    }
    Found::default()
}

fn print(found: &Found) -> io::Result<()> {
    let mut line = serde_json::to_vec(found)?;
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
