//! The requests of one connection, one after the other.

use std::{net::SocketAddr, time::Duration};

use super::PullRequest;
use crate::{
    gate::Gate,
    http::{Body, Connection, ReadError, Request},
    ports::Owner,
    pull::{self, After, deny},
};

/// Go clients keep an idle connection for 90 s; they close it, not we.
const IDLE: Duration = Duration::from_secs(120);

/// The two ends of the connection a request came in by.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    pub(super) client: SocketAddr,
    pub(super) server: Option<SocketAddr>,
}

impl Ends {
    /// The owner of the client's end, by the kernel's word.
    pub(super) fn owner(self, gate: &Gate) -> Option<Owner> {
        gate.ports.askers.owner(self.client, self.server?)
    }
}

/// Reads the next request; a malformed one is answered with what is wrong with it.
pub(super) async fn next(engine: &mut Connection) -> Option<(Request, Body)> {
    let head = match engine.read_head(IDLE).await {
        Ok(head) => head,
        Err(ReadError::TooLong) => {
            deny::malformed(engine, "the request head is longer than 32 KiB").await;
            return None;
        }
        Err(ReadError::Closed | ReadError::Silent(_) | ReadError::Broken(_)) => return None,
    };
    let read = Request::parse(&head).and_then(|request| {
        let body = Body::of_request(&request)?;
        Ok((request, body))
    });
    match read {
        Ok(read) => Some(read),
        Err(why) => {
            deny::malformed(engine, &why.to_string()).await;
            None
        }
    }
}

/// Ends a connection in the way that the last answer calls for.
pub(super) async fn end(engine: Connection, after: After) {
    match after {
        After::KeepOpen | After::Close => deny::close(engine).await,
        After::Break => engine.stream.reset(),
    }
}

/// Serves requests until the engine or the last answer closes the connection.
pub(super) async fn serve(
    gate: &Gate,
    mut engine: Connection,
    mut understand: impl FnMut(Request, Body) -> Result<PullRequest, String>,
) {
    while let Some((request, body)) = next(&mut engine).await {
        let after = match understand(request, body) {
            Ok(request) => pull::answer(gate, request, &mut engine).await,
            Err(why) => {
                deny::malformed(&mut engine, &why).await;
                After::Close
            }
        };
        if after != After::KeepOpen {
            return end(engine, after).await;
        }
    }
    deny::close(engine).await;
}
