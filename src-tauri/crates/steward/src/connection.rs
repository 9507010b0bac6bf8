//! Connections: each asker is checked, then its requests are answered in order. Connections do not wait for each
//! other.

use std::{sync::Arc, time::Duration};

use host::peer;
use ipc::{Code, Failure, FrameError};
use link::{Link, LinkError};
use steward_protocol::{StewardRequest, StewardResponse};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::Semaphore,
};

use super::{allowed_peers::AllowedPeers, handler::Handler, in_flight::InFlight};

/// The service needs a handful.
const MOST_CONNECTIONS: usize = 64;

/// After which a process that ran out of descriptors tries again.
const PAUSE: Duration = Duration::from_millis(100);

type ToService = Link<StewardRequest, StewardResponse>;

/// Where connections are received.
#[derive(Clone)]
pub(super) struct Server {
    admission: AllowedPeers,
    handler: Arc<Handler>,
    work: InFlight,
}

impl Server {
    pub(super) fn new(admission: AllowedPeers, handler: Arc<Handler>, work: InFlight) -> Self {
        Self { admission, handler, work }
    }

    /// Receives connections for good.
    pub(super) async fn receive(self, listener: UnixListener) {
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, _)) => {
                    let server = self.clone();
                    tokio::spawn(async move {
                        server.serve_connection(stream).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn serve_connection(&self, stream: UnixStream) {
        match self.converse(stream).await {
            Ok(()) | Err(LinkError::Closed) => {}
            Err(error) => tracing::warn!(%error, "a connection ended early"),
        }
    }

    async fn converse(&self, stream: UnixStream) -> Result<(), LinkError> {
        let greeting = self.work.begin();
        let peer = peer::of(&stream)?;
        let mut link = ToService::greet(stream).await?;
        if let Err(failure) = self.admission.check(&peer) {
            tracing::warn!(uid = peer.uid, pid = peer.pid, "refused: {failure}");
            return link.send(&StewardResponse::Error(failure)).await;
        }
        drop(greeting);
        loop {
            let request = link.receive().await?;
            let task = self.work.begin();
            let response = match request {
                Ok(request) => self.handler.answer(request).await,
                Err(error) => StewardResponse::Error(Failure::from(&error)),
            };
            send(&mut link, &response).await?;
            drop(task);
        }
    }
}

/// An answer that is too large for a message is a failure the asker is told of.
async fn send(link: &mut ToService, response: &StewardResponse) -> Result<(), LinkError> {
    match link.send(response).await {
        Err(LinkError::Frame(error @ FrameError::TooLarge { .. })) => {
            let failure = Failure::new(Code::TooLarge, error.to_string());
            link.send(&StewardResponse::Error(failure)).await
        }
        sent => sent,
    }
}

#[cfg(test)]
mod tests;
