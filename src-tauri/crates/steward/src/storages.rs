//! What the machine's people keep in container storages of their own: each is read by a process of that person.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use engines::Storage;
use host::people::{self, Person};
use tokio::task::spawn_blocking;

use super::child::{self, Outcome};

/// A large storage on a slow disk.
const PATIENCE: Duration = Duration::from_secs(10);
/// Some ten thousand images.
const LARGEST_OUTPUT: u64 = 8 << 20;
/// A machine with more people than these is no laptop; theirs are not listed.
const MOST_PEOPLE: usize = 64;
/// A folder for each person who is signed in to the machine, named after their number.
const SIGNED_IN: &str = "/run/user";

/// How storages are read.
#[derive(Clone, Debug)]
pub(super) struct Storages {
    /// This program.
    pub(super) program: PathBuf,
}

impl Default for Storages {
    fn default() -> Self {
        Self { program: "/proc/self/exe".into() }
    }
}

/// What one person has, or why it cannot be told.
pub(super) type OfPerson = (u32, Result<Storage, String>);

impl Storages {
    /// Those of everybody, one after the other.
    pub(super) async fn read(&self) -> Vec<OfPerson> {
        let people = spawn_blocking(everybody).await.unwrap_or_default();
        let mut storages = Vec::new();
        for person in people.into_values().take(MOST_PEOPLE) {
            storages.push((person.uid, self.of(&person).await));
        }
        storages
    }

    async fn of(&self, person: &Person) -> Result<Storage, String> {
        let failed = |error: std::io::Error| format!("it could not be read: {error}");
        let mut command = child::command_of(person, &self.program).map_err(failed)?;
        command.arg("storage");
        understand(&child::run(command, PATIENCE, LARGEST_OUTPUT).await.map_err(failed)?)
    }
}

fn understand(said: &Outcome) -> Result<Storage, String> {
    if !said.succeeded {
        return Err(format!("it could not be read: {}", said.reasons()));
    }
    serde_json::from_slice(&said.output)
        .map_err(|_| "it could not be read: its reader said something else".into())
}

/// The humans that the machine lists, and those of a directory who are signed in.
fn everybody() -> BTreeMap<u32, Person> {
    let listed = people::humans().unwrap_or_else(|error| {
        tracing::warn!(%error, "the people of this machine cannot be listed");
        Vec::new()
    });
    let entries = std::fs::read_dir(SIGNED_IN).into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let signed_in = numbers.filter_map(|uid| people::by_uid(uid).ok().flatten()).filter(Person::is_human);
    listed.into_iter().chain(signed_in).map(|person| (person.uid, person)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn myself() -> Person {
        people::by_uid(rustix::process::getuid().as_raw()).unwrap().unwrap()
    }

    async fn said_by(script: &str) -> Result<Storage, String> {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("reader");
        let mode = host::files::Mode(0o755);
        host::files::write_atomically(&program, format!("#!/bin/sh\n{script}\n").as_bytes(), mode).unwrap();
        Storages { program }.of(&myself()).await
    }

    #[tokio::test]
    async fn the_reader_is_told_the_persons_own_places() {
        let me = myself();
        let script = r#"echo "$1 $HOME $XDG_RUNTIME_DIR" >&2; exit 1"#;
        let expected = format!("it could not be read: storage {} /run/user/{}", me.home.display(), me.uid);
        assert_eq!(said_by(script).await, Err(expected));
    }

    #[tokio::test]
    async fn a_reader_that_says_something_else_is_told_and_not_quoted() {
        let strange = "it could not be read: its reader said something else";
        assert_eq!(said_by("echo hunter2").await, Err(strange.to_owned()));
        assert_eq!(said_by(r#"echo '{"images":[],"containers":[]}'"#).await, Ok(Storage::default()));
    }
}
