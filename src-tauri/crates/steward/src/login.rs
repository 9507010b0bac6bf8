//! A person's own login for a registry: this program started once more as that person, in a clean environment, for a
//! while at most. Root itself never opens a file of theirs.

mod kept;
mod learned;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use credentials::{Found, Question, Wanted};
use host::{
    peer,
    people::{self, Person},
};
use ipc::{Code, Failure};
use steward_protocol::LoginFinder;
use tokio::task::spawn_blocking;

use self::kept::Kept;
use super::{
    child::{self, Outcome},
    handler::failed,
};

const STANDARD_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The reader ends its helpers by itself; this is for the case that it does not.
const PATIENCE: Duration = credentials::PATIENCE.saturating_add(Duration::from_secs(5));

/// No login is longer.
const LARGEST_OUTPUT: u64 = 64 * 1024;

/// How logins are read.
#[derive(Debug)]
pub(super) struct Reader {
    /// This program.
    pub(super) program: PathBuf,
    /// How long it may take.
    pub(super) patience: Duration,
    /// What was read a moment ago.
    pub(super) kept: Kept,
}

impl Default for Reader {
    fn default() -> Self {
        Self { program: "/proc/self/exe".into(), patience: PATIENCE, kept: Kept::default() }
    }
}

impl Reader {
    /// The login of a person; their process, which may be known by its socket alone, tells where they keep it, if
    /// they keep it elsewhere than usual. The many
    /// connections of one process ask once.
    pub(super) async fn read(
        &self,
        uid: u32,
        socket: Option<u64>,
        question: Question,
    ) -> Result<Found, Failure> {
        let bad =
            |error| Failure::new(Code::BadRequest, format!("there is no registry to look for: {error}"));
        Wanted::parse(&question.name).map_err(bad)?;
        let holder = spawn_blocking(move || peer::holder(peer::Owner { uid, socket: socket? }));
        let process = question.process.or(holder.await.map_err(failed)?);
        let question = Question { process, ..question };
        let started = question.process.and_then(learned::start_of);
        let Some(started) = started else { return self.read_anew(uid, question).await };
        let key = (uid, question.process, started, question.name.clone(), question.finder, question.push);
        self.kept.or_read(key, || self.read_anew(uid, question)).await
    }

    async fn read_anew(&self, uid: u32, question: Question) -> Result<Found, Failure> {
        let program = self.program.clone();
        let asked = question.clone();
        let prepared = spawn_blocking(move || prepare(&program, uid, &asked));
        let (command, person) = prepared.await.map_err(failed)??;
        let said = child::run(command, self.patience, LARGEST_OUTPUT).await.map_err(|error| {
            let who = format!("the login of `{}` for `{}`", person.name, question.name);
            Failure::new(Code::Failed, format!("{who} could not be read: {error}"))
        })?;
        let found = understand(&said)?;
        log(&person, &question.name, &said, &found);
        Ok(found)
    }
}

fn prepare(program: &Path, uid: u32, question: &Question) -> Result<(Command, Person), Failure> {
    let unknown = || Failure::new(Code::NotFound, format!("there is no account with the user id {uid}"));
    let person = people::by_uid(uid).map_err(failed)?.ok_or_else(unknown)?;
    let mut command = child::command_of(&person, program).map_err(failed)?;
    let home = person.home.display();
    command.env("PATH", format!("{STANDARD_PATH}:{home}/.local/bin:{home}/bin"));
    command.envs(question.process.map(|pid| learned::from_process(pid, uid)).unwrap_or_default());
    command.arg("credentials");
    if question.finder == LoginFinder::Docker {
        command.arg("--docker");
    }
    if question.push {
        command.arg("--push");
    }
    if let Some(process) = question.process {
        command.arg(format!("--process={process}"));
    }
    command.arg("--").arg(&question.name);
    Ok((command, person))
}

/// What the reader said is the person's, so nothing of it stands in an error.
fn understand(said: &Outcome) -> Result<Found, Failure> {
    if !said.succeeded {
        return Err(Failure::new(Code::Failed, "the login could not be read: its reader failed"));
    }
    let strange =
        |_| Failure::new(Code::Failed, "the login could not be read: its reader said something else");
    serde_json::from_slice(&said.output).map_err(strange)
}

fn log(person: &Person, name: &str, said: &Outcome, found: &Found) {
    let reasons = said.reasons();
    if !reasons.is_empty() {
        tracing::info!(uid = person.uid, name, reasons, "looking for a login, something was skipped");
    }
    if let Some(failure) = &found.failure {
        tracing::warn!(uid = person.uid, name, failure, "a login could not be read");
    }
}

#[cfg(test)]
mod tests;
