//! An invented organization with an invented history, for pictures and for work on the window. It speaks the real
//! protocol on a real socket, so that tray and window work as always; no verdict in it is made by hand.

mod scene;
mod stage;
mod story;
mod talk;

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use host::clock;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, interval_at};

pub use scene::Scene;
use stage::Stage;
use story::Story;

/// The login name of a user of the invented machine, which has none of this machine's people.
pub fn login(uid: u32) -> Option<String> {
    story::login(uid).map(str::to_owned)
}

/// How often something more happens where somebody looks on.
const BEAT: Duration = Duration::from_secs(20);

/// A demo that is being served; it ends, and its folder goes, when this is dropped.
pub struct Demo {
    socket: PathBuf,
    tasks: [JoinHandle<()>; 2],
    _folder: TempDir,
}

impl Demo {
    /// Where it is served.
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Serves a scene on a socket in a fresh private folder, on the runtime that this is called in.
pub fn serve(scene: Scene) -> io::Result<Demo> {
    serve_by(scene, clock::now)
}

/// The same by another clock.
pub fn serve_by(scene: Scene, clock: fn() -> Timestamp) -> io::Result<Demo> {
    let runtime = Handle::try_current().map_err(io::Error::other)?;
    let private = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new().prefix("pullgate-demo-").permissions(private).tempdir()?;
    let socket = folder.path().join("control.sock");
    let listener = UnixListener::bind(&socket)?;
    let stage = Arc::new(Stage::of(scene, clock));
    let tasks = [runtime.spawn(accept(Arc::clone(&stage), listener)), runtime.spawn(go_on(stage))];
    Ok(Demo { socket, tasks, _folder: folder })
}

/// Clients end with the one who accepts them.
async fn accept(stage: Arc<Stage>, listener: UnixListener) {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let stage = Arc::clone(&stage);
                    clients.spawn(async move { talk::talk(&stage, stream).await });
                }
                Err(error) => return tracing::warn!(%error, "the demo accepts nobody any longer"),
            },
            Some(ended) = clients.join_next() => {
                if let Ok(Err(error)) = ended {
                    tracing::debug!(%error, "a client of the demo went away");
                }
            }
        }
    }
}

async fn go_on(stage: Arc<Stage>) {
    let mut beat = interval_at(Instant::now() + BEAT, BEAT);
    loop {
        beat.tick().await;
        stage.go_on();
    }
}

#[cfg(test)]
mod tests;
