//! Asks the steward, which the service manager starts when its socket is called.

use std::{path::PathBuf, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::{net::UnixStream, time::timeout};
use wire::{Failure, StewardRequest, StewardResponse};

use link::{Link, LinkError};

/// The way to the steward.
#[derive(Clone)]
pub(super) struct Steward {
    socket: Arc<PathBuf>,
}

/// Why the steward gave no answer, or a refusal.
#[derive(Debug, Error)]
pub(super) enum StewardError {
    #[error("the steward cannot be reached at `{path}`: {cause}")]
    Absent { path: String, cause: std::io::Error },
    #[error("the steward broke off: {0}")]
    Link(#[from] LinkError),
    #[error("the steward did not answer within {0:?}")]
    Silent(Duration),
    #[error(transparent)]
    Refused(#[from] Failure),
    #[error("the steward answered with something else than was asked for")]
    Unexpected,
}

/// An engine may take its time to restart.
const PATIENCE: Duration = Duration::from_secs(180);

impl Steward {
    pub(super) fn at(socket: PathBuf) -> Self {
        Self { socket: Arc::new(socket) }
    }

    /// Asks once, on a connection of its own.
    pub(super) async fn ask(&self, request: StewardRequest) -> Result<StewardResponse, StewardError> {
        let answer =
            timeout(PATIENCE, self.converse(request)).await.map_err(|_| StewardError::Silent(PATIENCE))??;
        if let StewardResponse::Error(failure) = answer {
            return Err(failure.into());
        }
        Ok(answer)
    }

    async fn converse(&self, request: StewardRequest) -> Result<StewardResponse, StewardError> {
        let stream = UnixStream::connect(self.socket.as_path())
            .await
            .map_err(|cause| StewardError::Absent { path: self.socket.display().to_string(), cause })?;
        let mut link: Link<StewardResponse, StewardRequest> = Link::greet(stream).await?;
        link.send(&request).await?;
        link.receive().await?.map_err(|_| StewardError::Unexpected)
    }
}

/// Reads a value that travels as JSON between two halves of this program.
pub(super) fn read<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, StewardError> {
    serde_json::from_value(value).map_err(|error| {
        tracing::warn!(%error, "the steward's answer cannot be read");
        StewardError::Unexpected
    })
}
