//! A person's own login for a registry: this program started once more as that person, in a clean environment, for a
//! few seconds at most. Root itself never opens a file of theirs.

mod learned;

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use host::people::{self, Person};
use image_ref::Registry;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    task::spawn_blocking,
    time::timeout,
};
use wire::{Code, Failure, Login};

use super::desk::failed;

const STANDARD_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const PATIENCE: Duration = Duration::from_secs(5);

/// No login, and no list of reasons, is longer.
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

/// What a run of the reader left.
struct Outcome {
    succeeded: bool,
    output: Vec<u8>,
    reasons: Vec<u8>,
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
        let said = self.run(command).await.map_err(|error| {
            let who = format!("the login of `{}` for `{registry}`", person.name);
            Failure::new(Code::Failed, format!("{who} could not be read: {error}"))
        })?;
        log(&person, &registry, &said);
        understand(&said)
    }

    async fn run(&self, mut command: Command) -> io::Result<Outcome> {
        let mut child = command.spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let result = timeout(self.patience, gather(&mut child)).await;
        if let Ok(Ok(outcome)) = result {
            return Ok(outcome);
        }
        // Not waited for yet, so the number is still that of the group.
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        child.wait().await?;
        result.unwrap_or_else(|_| Err(io::Error::other(format!("it took longer than {:?}", self.patience))))
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
    let mut command = people::command_as(&person, program).map_err(failed)?;
    let home = person.home.display();
    command.arg("credentials").arg(registry.as_str());
    command.env("HOME", &person.home).env("XDG_RUNTIME_DIR", format!("/run/user/{uid}"));
    command.env("PATH", format!("{STANDARD_PATH}:{home}/.local/bin:{home}/bin"));
    command.envs(pid.map(|pid| learned::from_process(pid, uid)).unwrap_or_default());
    let mut command = Command::from(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    Ok((command, person))
}

async fn gather(child: &mut Child) -> io::Result<Outcome> {
    let (output, reasons) = (child.stdout.take(), child.stderr.take());
    let (output, reasons) = tokio::try_join!(collect(output), collect(reasons))?;
    Ok(Outcome { succeeded: child.wait().await?.success(), output, reasons })
}

async fn collect(source: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(source) = source {
        source.take(LARGEST_OUTPUT + 1).read_to_end(&mut bytes).await?;
    }
    if bytes.len() as u64 > LARGEST_OUTPUT {
        return Err(io::Error::other("it said too much"));
    }
    Ok(bytes)
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

/// The reasons come from a process of the person: one line, of plain characters, and not too long.
fn log(person: &Person, registry: &Registry, said: &Outcome) {
    const LONGEST: usize = 400;
    if said.reasons.is_empty() {
        return;
    }
    let text = String::from_utf8_lossy(&said.reasons);
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let reasons: String = text.trim().chars().map(plain).take(LONGEST).collect();
    tracing::info!(uid = person.uid, %registry, reasons, "looking for a login, something was skipped");
}

#[cfg(test)]
mod tests;
