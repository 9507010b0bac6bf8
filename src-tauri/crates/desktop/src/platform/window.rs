//! The window's process: started when it is wanted, led by links on its standard input, and gone with the tray.

use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStdin, Command};
use tokio::task::JoinSet;

use crate::page::Place;

const PROGRAM: &str = "pullgate-window";

/// The window, while it is open.
pub(super) struct WindowProcess {
    /// What it is started with beside the place.
    arguments: Vec<String>,
    stdin: Option<ChildStdin>,
    /// Ends the process when it is dropped.
    waiting: JoinSet<()>,
}

impl WindowProcess {
    pub(super) fn new(arguments: Vec<String>) -> Self {
        Self { arguments, stdin: None, waiting: JoinSet::new() }
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
        command.args(&self.arguments).arg(place.to_string());
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
