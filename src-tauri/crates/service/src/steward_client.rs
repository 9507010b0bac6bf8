//! Asks the steward, which the service manager starts when its socket is called.

mod people;

use std::{path::PathBuf, sync::Arc, time::Duration};

use ipc::{Code, Failure};
use link::{Link, LinkError};
use steward_protocol::{StewardRequest, StewardResponse};
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::{net::UnixStream, time::timeout};

use super::starts::StewardCrashes;
use people::{People, Place};

/// The way to the steward.
#[derive(Clone)]
pub(super) struct Steward {
    socket: Arc<PathBuf>,
    lanes: Arc<Lanes>,
    /// How often it ended while it was asked.
    pub(super) crashes: Arc<StewardCrashes>,
}

/// Who waits for whom: each kind of request has places of its own, so that no crowd of one kind holds another up. All
/// together are fewer than the connections the steward has places for.
struct Lanes {
    /// What changes engines, or is about to: root's verbs, and repairs.
    changes: Arc<Semaphore>,
    /// What only looks at engines.
    looks: Arc<Semaphore>,
    /// Certificates that connections wait for.
    signatures: Arc<Semaphore>,
    /// What pulls of people wait for.
    people: People,
}

impl Default for Lanes {
    fn default() -> Self {
        let [changes, looks, signatures] = [8, 16, 12].map(|places| Arc::new(Semaphore::new(places)));
        Self { changes, looks, signatures, people: People::default() }
    }
}

impl Lanes {
    /// Waits for a place; it is one until it is dropped.
    async fn place(&self, request: &StewardRequest) -> Place {
        use StewardRequest as Ask;
        let lane = match request {
            Ask::Plan { .. }
            | Ask::Apply { .. }
            | Ask::PlanRestore { .. }
            | Ask::Restore { .. }
            | Ask::Repair { .. }
            | Ask::Authorities
            | Ask::ClientSecret => &self.changes,
            Ask::Find | Ask::Verify { .. } | Ask::Inventory { .. } | Ask::UpstreamFacts => &self.looks,
            Ask::SignLeaf { .. } => &self.signatures,
            Ask::EnrolledProxy => return self.people.place(0).await,
            Ask::ReadLogin { uid, .. } | Ask::Passage { uid, .. } | Ask::ProcessEgress { uid, .. } => {
                return self.people.place(*uid).await;
            }
        };
        Place::of([lane]).await
    }
}

/// Why the steward gave no answer, or a refusal.
#[derive(Debug, Error)]
pub(super) enum StewardError {
    #[error("the Pullgate helper cannot be reached at `{path}`: {cause}")]
    Absent { path: String, cause: std::io::Error },
    #[error("the Pullgate helper broke off: {0}")]
    Link(#[from] LinkError),
    #[error("the Pullgate helper did not answer within {0:?}")]
    Silent(Duration),
    #[error(transparent)]
    Refused(#[from] Failure),
    #[error("the Pullgate helper answered with something else than was asked for")]
    Unexpected,
}

impl From<StewardError> for Failure {
    fn from(error: StewardError) -> Self {
        match error {
            StewardError::Refused(failure) => failure,
            StewardError::Absent { .. }
            | StewardError::Link(_)
            | StewardError::Silent(_)
            | StewardError::Unexpected => Self::new(Code::StewardUnavailable, error.to_string())
                .with_hint("Run `systemctl status pullgate-steward.socket pullgate-steward.service`"),
        }
    }
}

/// An engine may take its time to restart.
const PATIENCE: Duration = Duration::from_secs(180);

impl Steward {
    pub(super) fn at(socket: PathBuf) -> Self {
        Self { socket: Arc::new(socket), lanes: Arc::default(), crashes: Arc::default() }
    }

    /// Asks once, on a connection of its own.
    pub(super) async fn ask(&self, request: StewardRequest) -> Result<StewardResponse, StewardError> {
        let answer =
            timeout(PATIENCE, self.converse(request)).await.map_err(|_| StewardError::Silent(PATIENCE))?;
        if let Err(StewardError::Link(LinkError::Closed | LinkError::Broken(_))) = &answer {
            self.crashes.note();
        }
        let answer = answer?;
        if let StewardResponse::Error(failure) = answer {
            return Err(failure.into());
        }
        Ok(answer)
    }

    async fn converse(&self, request: StewardRequest) -> Result<StewardResponse, StewardError> {
        let _place = self.lanes.place(&request).await;
        let stream = UnixStream::connect(self.socket.as_path())
            .await
            .map_err(|cause| StewardError::Absent { path: self.socket.display().to_string(), cause })?;
        let mut link: Link<StewardResponse, StewardRequest> = Link::greet(stream).await?;
        link.send(&request).await?;
        link.receive().await?.map_err(|_| StewardError::Unexpected)
    }
}
