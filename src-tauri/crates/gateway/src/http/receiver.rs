//! Whether whoever gets a body is still there while nothing of it comes.

use std::{io, time::Duration};

use tokio::{net::TcpStream, pin, time::timeout};

use super::relay::RelayError;
use crate::stream::has_left;

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
