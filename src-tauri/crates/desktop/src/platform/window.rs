//! The window's process: started when it is wanted, led by links on its standard input, and gone with the tray.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStdin, Command};
use tokio::task::JoinSet;

use crate::page::Place;

const PROGRAM: &str = "pullgate-window";

/// The window, while it is open.
pub(super) struct WindowProcess {
    /// Where the demo is played, if it is one.
    demo_socket: Option<PathBuf>,
    stdin: Option<ChildStdin>,
    /// Ends the process when it is dropped.
    waiting: JoinSet<()>,
}

impl WindowProcess {
    pub(super) fn new(demo_socket: Option<PathBuf>) -> Self {
        Self { demo_socket, stdin: None, waiting: JoinSet::new() }
    }

    /// Has the window open at a place; tells whether it could be started.
    pub(super) async fn open(&mut self, place: &Place) -> bool {
        while self.waiting.try_join_next().is_some() {
            self.stdin = None;
        }
        if let Some(stdin) = &mut self.stdin
            && stdin.write_all(format!("{place}\n").as_bytes()).await.is_ok()
        {
            return true;
        }
        match self.start(place) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "the window cannot be started");
                false
            }
        }
    }

    fn start(&mut self, place: &Place) -> std::io::Result<()> {
        // Beside this program, wherever that was installed.
        let mut command = Command::new(std::env::current_exe()?.with_file_name(PROGRAM));
        command.args(arguments(self.demo_socket.as_deref(), place));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn()?;
        self.stdin = child.stdin.take();
        self.waiting.spawn(async move {
            match child.wait().await {
                Ok(status) if status.success() => {}
                Ok(status) => tracing::warn!(%status, "the window ended"),
                Err(error) => tracing::warn!(%error, "the window is lost sight of"),
            }
        });
        Ok(())
    }
}

/// What the window is started with: in a demo, where the very verdicts are known that the tray tells of.
fn arguments(demo_socket: Option<&Path>, place: &Place) -> Vec<OsString> {
    let joined = |socket: &Path| {
        let mut argument = OsString::from("--demo-socket=");
        argument.push(socket);
        argument
    };
    demo_socket.map(joined).into_iter().chain([place.to_string().into()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_on_a_notification_of_the_demo_leads_to_the_demo_that_it_is_of() {
        let place = Place::verdict("pg-7F3A9C2K");
        let socket = Path::new("/tmp/pullgate-demo-a/control.sock");
        let link = "pullgate://blocked/pg-7F3A9C2K";
        let of_demo = ["--demo-socket=/tmp/pullgate-demo-a/control.sock", link];
        assert_eq!(arguments(Some(socket), &place), of_demo);
        assert_eq!(arguments(None, &place), [link]);
    }
}
