//! A person's own login for a registry: this program started once more as that person, in a clean environment, for a
//! few seconds at most. Root itself never opens a file of theirs.

mod learned;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use host::people::{self, Person};
use image_ref::Registry;
use tokio::task::spawn_blocking;
use wire::{Code, Failure, Login};

use super::{
    child::{self, Outcome},
    desk::failed,
};

const STANDARD_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const PATIENCE: Duration = Duration::from_secs(5);

/// No login is longer.
const LARGEST_OUTPUT: u64 = 64 * 1024;

/// How logins are read.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    /// This program.
    pub(super) program: PathBuf,
    /// How long it may take.
    pub(super) patience: Duration,
}

impl Default for Reader {
    fn default() -> Self {
        Self { program: "/proc/self/exe".into(), patience: PATIENCE }
    }
}

impl Reader {
    /// The login of a person; their process tells where they keep it, if they keep it elsewhere than usual.
    pub(super) async fn read(
        &self,
        uid: u32,
        pid: Option<u32>,
        registry: &str,
    ) -> Result<Option<Login>, Failure> {
        let bad = |error| Failure::new(Code::BadRequest, format!("`registry` is not a registry: {error}"));
        let registry = Registry::parse(registry).map_err(bad)?;
        let program = self.program.clone();
        let asked = registry.clone();
        let prepared = spawn_blocking(move || prepare(&program, uid, pid, &asked));
        let (command, person) = prepared.await.map_err(failed)??;
        let said = child::run(command, self.patience, LARGEST_OUTPUT).await.map_err(|error| {
            let who = format!("the login of `{}` for `{registry}`", person.name);
            Failure::new(Code::Failed, format!("{who} could not be read: {error}"))
        })?;
        log(&person, &registry, &said);
        understand(&said)
    }
}

fn prepare(
    program: &Path,
    uid: u32,
    pid: Option<u32>,
    registry: &Registry,
) -> Result<(Command, Person), Failure> {
    let unknown = || Failure::new(Code::NotFound, format!("there is no account with the user id {uid}"));
    let person = people::by_uid(uid).map_err(failed)?.ok_or_else(unknown)?;
    let mut command = child::command_of(&person, program).map_err(failed)?;
    let home = person.home.display();
    command.arg("credentials").arg(registry.as_str());
    command.env("PATH", format!("{STANDARD_PATH}:{home}/.local/bin:{home}/bin"));
    command.envs(pid.map(|pid| learned::from_process(pid, uid)).unwrap_or_default());
    Ok((command, person))
}

/// What the reader said is the person's, so nothing of it stands in an error.
fn understand(said: &Outcome) -> Result<Option<Login>, Failure> {
    if !said.succeeded {
        return Err(Failure::new(Code::Failed, "the login could not be read: its reader failed"));
    }
    if said.output.trim_ascii().is_empty() {
        return Ok(None);
    }
    let strange =
        |_| Failure::new(Code::Failed, "the login could not be read: its reader said something else");
    serde_json::from_slice(&said.output).map(Some).map_err(strange)
}

fn log(person: &Person, registry: &Registry, said: &Outcome) {
    let reasons = said.reasons();
    if !reasons.is_empty() {
        tracing::info!(uid = person.uid, %registry, reasons, "looking for a login, something was skipped");
    }
}

#[cfg(test)]
mod tests;
