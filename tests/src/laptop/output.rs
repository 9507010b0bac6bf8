//! What a command left behind: its exit code and its words, apart and as a person at a terminal reads them.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// The end of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit code; a command ended by a signal counts as 128 plus its number.
    pub code: i32,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
    /// Both, in the order in which they arrived.
    pub terminal: String,
}

pub(super) fn capture(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("`nsenter` of util-linux is installed");
    let mut stdin = child.stdin.take().expect("the input is a pipe");
    let terminal = Arc::new(Mutex::new(Vec::new()));
    let stdout = follow(child.stdout.take().expect("the output is a pipe"), &terminal);
    let stderr = follow(child.stderr.take().expect("the error output is a pipe"), &terminal);
    let _ = stdin.write_all(input);
    drop(stdin);
    let stdout = stdout.join().expect("reading a pipe does not panic");
    let stderr = stderr.join().expect("reading a pipe does not panic");
    let status = child.wait().expect("the command was started here");
    let terminal = terminal.lock().expect("no reader panicked");
    Output { code: code(status), stdout: text(&stdout), stderr: text(&stderr), terminal: text(&terminal) }
}

fn follow(
    mut pipe: impl Read + Send + 'static,
    terminal: &Arc<Mutex<Vec<u8>>>,
) -> thread::JoinHandle<Vec<u8>> {
    let terminal = Arc::clone(terminal);
    thread::spawn(move || {
        let mut own = Vec::new();
        let mut piece = [0; 16 * 1024];
        while let Ok(length @ 1..) = pipe.read(&mut piece) {
            own.extend_from_slice(&piece[..length]);
            terminal.lock().expect("no reader panicked").extend_from_slice(&piece[..length]);
        }
        own
    })
}

fn code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
