//! This program started once more as one of the machine's people, in a clean environment, for a short while at
//! most. Root itself never opens a file of theirs, and what the child says is bounded.

use std::{io, path::Path, process::Stdio, time::Duration};

use host::people::{self, Person};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    time::timeout,
};

/// No list of reasons is longer.
const LONGEST_REASONS: u64 = 64 * 1024;
const LONGEST_TOLD: usize = 400;

/// What a run left.
pub(super) struct Outcome {
    pub(super) succeeded: bool,
    pub(super) output: Vec<u8>,
    reasons: Vec<u8>,
}

impl Outcome {
    /// The reasons come from a process of the person: one line, of plain characters, and not too long.
    pub(super) fn reasons(&self) -> String {
        let text = String::from_utf8_lossy(&self.reasons);
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        text.trim().chars().map(plain).take(LONGEST_TOLD).collect()
    }
}

/// The program as this person, with their places and nothing else in its environment.
pub(super) fn command_of(person: &Person, program: &Path) -> io::Result<std::process::Command> {
    let mut command = people::command_as(person, program)?;
    command.env("HOME", &person.home).env("XDG_RUNTIME_DIR", format!("/run/user/{}", person.uid));
    Ok(command)
}

/// Runs it in a process group of its own, which ends with everything in it when the time is over, or when it says
/// more than so many bytes.
pub(super) async fn run(
    command: std::process::Command,
    patience: Duration,
    largest: u64,
) -> io::Result<Outcome> {
    let mut command = Command::from(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    let mut child = command.spawn()?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let result = timeout(patience, gather(&mut child, largest)).await;
    if let Ok(Ok(outcome)) = result {
        return Ok(outcome);
    }
    // Not waited for yet, so the number is still that of the group.
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    child.wait().await?;
    result.unwrap_or_else(|_| Err(io::Error::other(format!("it took longer than {patience:?}"))))
}

async fn gather(child: &mut Child, largest: u64) -> io::Result<Outcome> {
    let (output, reasons) = (child.stdout.take(), child.stderr.take());
    let (output, reasons) = tokio::try_join!(collect(output, largest), collect(reasons, LONGEST_REASONS))?;
    Ok(Outcome { succeeded: child.wait().await?.success(), output, reasons })
}

async fn collect(source: Option<impl AsyncRead + Unpin>, largest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(source) = source {
        source.take(largest + 1).read_to_end(&mut bytes).await?;
    }
    if bytes.len() as u64 > largest {
        return Err(io::Error::other("it said too much"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::{process::Command, time::Instant};

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn a_child_that_hangs_is_ended_with_everything_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("pid");
        let script = format!("sleep 3600 & echo $! > {}; wait", note.display());
        let error = run(shell(&script), Duration::from_millis(500), 1024).await.err().unwrap();
        assert_eq!(error.to_string(), "it took longer than 500ms");
        let pid = std::fs::read_to_string(&note).unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        let command = Path::new("/proc").join(pid.trim()).join("cmdline");
        while std::fs::read(&command).is_ok_and(|command| !command.is_empty()) {
            assert!(Instant::now() < deadline, "`sleep` still runs");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_child_that_floods_is_ended_at_once() {
        for script in ["while :; do echo flood; done", "while :; do echo flood >&2; done"] {
            let error = run(shell(script), Duration::from_secs(3600), 64 * 1024).await.err().unwrap();
            assert_eq!(error.to_string(), "it said too much");
        }
    }

    #[tokio::test]
    async fn what_a_child_complains_of_is_one_line_of_bounded_length() {
        let script = "printf 'a\\nb\\033[31m' >&2; head -c 5000 /dev/zero | tr '\\0' x >&2; exit 3";
        let outcome = run(shell(script), Duration::from_secs(60), 1024).await.unwrap();
        assert!(!outcome.succeeded && outcome.output.is_empty());
        assert!(outcome.reasons().starts_with("a b [31mxxx"), "{}", outcome.reasons());
        assert_eq!(outcome.reasons().chars().count(), LONGEST_TOLD);
    }
}
