//! The requests of one connection, one after the other.

use std::time::Duration;

use http1::{Body, Connection, MalformedRequest, ReadError, Request};

use crate::{
    gate::Gate,
    pull::{
        pipeline,
        request::{Addressing, PullRequest},
        respond::{self, After},
    },
};

/// Go clients keep an idle connection for 90 s; they close it, not we.
const IDLE: Duration = Duration::from_secs(120);

/// Reads the next request; a malformed one is answered with what is wrong with it.
pub(super) async fn next(engine: &mut Connection) -> Option<(Request, Body)> {
    let head = match engine.read_head(IDLE).await {
        Ok(head) => head,
        Err(ReadError::TooLong) => {
            respond::bad_request(engine, "the request head is longer than 32 KiB").await;
            return None;
        }
        Err(ReadError::Closed | ReadError::Silent(_) | ReadError::Broken(_)) => return None,
    };
    match parse(&head) {
        Ok(read) => Some(read),
        Err(why) => {
            respond::bad_request(engine, &why.to_string()).await;
            None
        }
    }
}

fn parse(head: &[u8]) -> Result<(Request, Body), MalformedRequest> {
    let request = Request::parse(head)?;
    let body = Body::of_request(&request)?;
    Ok((request, body))
}

/// Whether this one may use the front still: an administrator may have taken an account away since the connection began.
pub(super) fn may_still(gate: &Gate, request: &PullRequest) -> bool {
    request.addressing != Addressing::Proxy || gate.may_use_proxy(request.owner)
}

/// Ends a connection in the way that the last answer calls for.
pub(super) async fn end(engine: Connection, after: After) {
    match after {
        After::KeepOpen | After::Close => respond::close(engine).await,
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
            Ok(request) if !may_still(gate, &request) => {
                respond::proxy_not_allowed(&mut engine, request.owner).await;
                After::Close
            }
            Ok(request) => pipeline::answer(gate, request, &mut engine).await,
            Err(why) => {
                respond::bad_request(&mut engine, &why).await;
                After::Close
            }
        };
        if after != After::KeepOpen {
            return end(engine, after).await;
        }
    }
    respond::close(engine).await;
}
