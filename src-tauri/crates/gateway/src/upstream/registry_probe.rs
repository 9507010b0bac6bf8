//! The gateway's own question to a host that no policy names: are you a registry?

use std::{io, time::Duration};

use http1::{ReadError, Reply};
use tokio::{io::AsyncWriteExt, time::timeout};

use super::{Destination, Network, Problem};

/// An engine waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a host answers to `/v2/`, asked once, without a login and whatever certificate it shows: only that it answers
/// as a registry has a consequence, which is that nothing to it passes unread.
pub(crate) async fn probe_v2(network: &Network, place: &Destination) -> Result<Reply, Problem> {
    let asking = async {
        let mut connection = network.open_unverified(place).await?;
        let head = format!(
            "GET /v2/ HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
            place.authority()
        );
        let broken = |error: io::Error| Problem::from_io(&place.host, &error);
        connection.stream.write_all(head.as_bytes()).await.map_err(broken)?;
        connection.stream.flush().await.map_err(broken)?;
        let strange = |error: ReadError| Problem::unreachable(&place.host, error.to_string());
        let head = connection.read_head(PATIENCE).await.map_err(strange)?;
        Reply::parse(&head).map_err(|error| Problem::unreachable(&place.host, error.to_string()))
    };
    timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| Err(Problem::from_io(&place.host, &io::ErrorKind::TimedOut.into())))
}
