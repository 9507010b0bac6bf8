//! A Linux desktop: everything over the session bus, without a toolkit.

mod instance;
mod notifier;
mod terminal;
mod tray;
mod visible_notices;

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::mpsc::UnboundedSender;
use zbus::{Connection, connection};

use super::Desktop;
use super::window::WindowProcess;
use crate::effect::Input;
use crate::menu::{Command, TrayView};
use crate::notice::{Notice, NoticeKey};
use crate::page::Place;
use notifier::Notifier;
use tray::Tray;

/// How long a program on the bus may take to answer: while the tray waits, its menu does nothing.
const ANSWER: Duration = Duration::from_secs(5);

/// Why there is nothing to do on this desktop.
#[derive(Debug, Error)]
pub enum Absence {
    /// There is no session bus, so nobody would see anything.
    #[error("there is no desktop session here: {0}")]
    NoSession(#[source] zbus::Error),
    /// Another tray of this person runs; it was called to the front.
    #[error("the tray runs already")]
    RunsAlready,
}

/// The desktop session of the person who started the tray.
pub struct LinuxDesktop {
    tray: Tray,
    notifier: Notifier,
    window: WindowProcess,
}

/// How the tray was started.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Where the window shall open at once, if anywhere.
    pub place: Option<Place>,
    /// Where it plays an invented organization; such a tray stands beside a real one, and its window hears it there.
    pub demo_socket: Option<PathBuf>,
}

impl LinuxDesktop {
    /// Takes the tray's name on the session bus, and shows nothing yet.
    pub async fn open(start: Start, inputs: UnboundedSender<Input>) -> Result<Self, Absence> {
        let bus = session().await.map_err(Absence::NoSession)?;
        tokio::spawn(end_with(bus.clone(), inputs.clone()));
        if !instance::take(&bus, &start, inputs.clone()).await.map_err(Absence::NoSession)? {
            return Err(Absence::RunsAlready);
        }
        if let Some(place) = start.place {
            let _ = inputs.send(Input::Chosen(Command::Open(place)));
        }
        Ok(Self {
            tray: Tray::new(inputs.clone()),
            notifier: Notifier::new(bus, inputs),
            window: WindowProcess::new(start.demo_socket),
        })
    }
}

async fn session() -> zbus::Result<Connection> {
    connection::Builder::session()?.method_timeout(ANSWER).build().await
}

/// A session that has ended takes its tray along.
async fn end_with(bus: Connection, inputs: UnboundedSender<Input>) {
    bus.closed().await;
    let _ = inputs.send(Input::Chosen(Command::Quit));
}

impl Desktop for LinuxDesktop {
    async fn show(&mut self, view: TrayView) {
        self.tray.show(view).await;
    }

    async fn notify(&mut self, notice: Notice) -> bool {
        match self.notifier.notify(notice).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "no notification can be shown");
                false
            }
        }
    }

    async fn withdraw(&mut self, key: NoticeKey) {
        if let Err(error) = self.notifier.withdraw(&key).await {
            tracing::debug!(%error, "a notification cannot be taken back");
        }
    }

    fn browse(&mut self, url: &str) {
        if let Err(error) = open::that_detached(url) {
            tracing::warn!(%error, "no browser can be opened");
        }
    }

    async fn window(&mut self, place: &Place) -> bool {
        self.window.open(place).await
    }

    fn terminal(&mut self, words: &[String]) -> bool {
        terminal::run(words)
    }
}
