//! Whether whoever gets a body is still there while nothing of it comes, and why a body did not arrive whole.

use std::{io, time::Duration};

use thiserror::Error;
use tokio::{net::TcpStream, pin, time::timeout};

use crate::stream::has_left;

/// Why a body did not arrive whole.
#[derive(Debug, Error)]
pub enum RelayError {
    /// The side that sends it failed.
    #[error("the sender broke off: {0}")]
    From(#[source] io::Error),
    /// The side that takes it failed.
    #[error("the receiver broke off: {0}")]
    To(#[source] io::Error),
    /// It is not written as chunked bodies are.
    #[error("the chunked body is malformed")]
    Chunks,
}

/// How often a receiver is looked at while its sender is silent.
const LOOK: Duration = Duration::from_secs(5);

/// Waits for the sender, as long as the receiver has not left.
pub(super) async fn while_there<T>(
    receiver: &TcpStream,
    waiting: impl Future<Output = io::Result<T>>,
) -> Result<T, RelayError> {
    pin!(waiting);
    loop {
        match timeout(LOOK, &mut waiting).await {
            Ok(came) => return came.map_err(RelayError::From),
            Err(_) if has_left(receiver) => return Err(RelayError::To(io::ErrorKind::BrokenPipe.into())),
            Err(_) => {}
        }
    }
}
