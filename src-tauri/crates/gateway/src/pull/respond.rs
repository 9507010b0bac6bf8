//! Answers of the gateway's own: status line, one JSON body, and how the connection ends after it.
//!
//! The reason phrase is what most engines print, so it holds the sentence; the body holds it again as the error of the
//! distribution API.

use std::time::Duration;

use http1::{Body, Connection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::request::PullRequest;
use crate::ports::Owner;

const JSON: &str = "application/json";

/// What becomes of the engine's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    KeepOpen,
    Close,
    /// It ends so that the engine sees that the answer is not whole.
    Break,
}

/// An answer of the gateway itself.
pub(super) struct Response<'a> {
    pub(super) status: u16,
    /// Printable ASCII on one line.
    pub(super) reason: &'a str,
    /// JSON.
    pub(super) body: Vec<u8>,
    /// Further header fields, each with its end of line.
    pub(super) extra: &'a str,
}

/// Letters that clients quote a reason phrase by, or escape in it.
const QUOTES: &[char] = &['`', '"', '\'', '\\'];

impl<'a> Response<'a> {
    /// An answer without further header fields.
    pub(super) fn new(status: u16, reason: &'a str, body: Vec<u8>) -> Self {
        Self { status, reason, body, extra: "" }
    }

    /// An answer with status 200.
    pub(super) fn ok(body: Vec<u8>) -> Self {
        Self::new(200, "OK", body)
    }
}

/// Answers as a registry that has nothing by that name.
pub(super) async fn not_found(request: &PullRequest, engine: &mut Connection) -> After {
    let body = error_body("NAME_UNKNOWN", "not shown by this machine's policy; a push may go on");
    send(request, engine, &Response::new(404, "Not Found", body)).await
}

/// Answers what is no proper request, and says where it is not.
pub(super) async fn bad_request(engine: &mut Connection, why: &str) {
    let reason = format!("bad request to Pullgate: {}", printable(why, &['`'], 150));
    let body = error_body("UNSUPPORTED", &format!("bad request to Pullgate: {why}"));
    write(engine, &Response::new(400, &reason, body), true, false).await;
}

/// Answers whoever may not use the proxy front.
pub(super) async fn proxy_not_allowed(engine: &mut Connection, owner: Option<Owner>) {
    let (who, name) = match owner {
        Some(Owner { uid, .. }) => (format!("user {uid}"), format!("user {uid}")),
        None => ("a program that cannot be told".into(), "that user".into()),
    };
    let reason = format!("Pullgate: {who} may not use this proxy, it is for container engines of root");
    let message = format!(
        "{who} may not use this proxy: it serves container engines that run as root, with certificates and logins of \
         root. Nothing was asked of a registry. If it is meant for {name}, an administrator names the account under \
         `fronts.proxy_users` in the enrollment"
    );
    write(engine, &Response::new(403, &reason, error_body("DENIED", &message)), true, false).await;
}

/// Answers a call to a host that the gateway cannot stand in for.
pub(super) async fn no_certificate(engine: &mut Connection, why: &str) {
    let reason = format!("not blocked by policy: {}. Run: pullgate doctor", printable(why, QUOTES, 140));
    let body = error_body("UNKNOWN", &format!("The problem is not the policy: {why}. Run `pullgate doctor`"));
    write(engine, &Response::new(503, &reason, body), true, false).await;
}

/// Answers a CONNECT that leads nowhere. Engines show the reason phrase, git the status.
pub(super) async fn no_tunnel(engine: &mut Connection, status: u16, why: &str) {
    let reason = format!("not blocked by policy: {}", printable(why, QUOTES, 170));
    let body = error_body("UNKNOWN", &format!("The problem is not the policy: {why}"));
    write(engine, &Response::new(status, &reason, body), true, false).await;
}

/// Sends an answer of the gateway's response.
pub(super) async fn send(request: &PullRequest, engine: &mut Connection, response: &Response<'_>) -> After {
    // A body that was not taken is not read either: the connection ends.
    let close = request.body != Body::Empty || !request.request.keeps_alive();
    finish(request, engine, response, close).await
}

/// Answers a request whose body was read.
pub(super) async fn send_after_body(
    request: &PullRequest,
    engine: &mut Connection,
    response: &Response<'_>,
) -> After {
    finish(request, engine, response, !request.request.keeps_alive()).await
}

async fn finish(
    request: &PullRequest,
    engine: &mut Connection,
    response: &Response<'_>,
    close: bool,
) -> After {
    if write(engine, response, close, request.request.is_head()).await && !close {
        After::KeepOpen
    } else {
        After::Close
    }
}

/// Ends a connection so that the last answer arrives: what the engine still sends is read for a moment.
pub(super) async fn close(mut connection: Connection) {
    if connection.stream.shutdown().await.is_ok() {
        let mut rest = [0; 4096];
        let drained = async { while matches!(connection.stream.read(&mut rest).await, Ok(1..)) {} };
        // Whether it ends by itself or by time makes no difference.
        let _ended = timeout(Duration::from_secs(1), drained).await;
    }
}

/// Printable ASCII for a reason phrase: at most so many characters, without those that are left out.
fn printable(text: &str, left_out: &[char], at_most: usize) -> String {
    let stays = |letter: &char| matches!(letter, ' '..='~') && !left_out.contains(letter);
    text.chars().filter(stays).take(at_most).collect()
}

/// The error body of the distribution API.
pub(super) fn error_body(code: &str, message: &str) -> Vec<u8> {
    let body = serde_json::json!({ "errors": [{ "code": code, "message": message, "detail": message }] });
    serde_json::to_vec(&body).unwrap_or_default()
}

async fn write(engine: &mut Connection, response: &Response<'_>, close: bool, head_only: bool) -> bool {
    let connection = if close { "Connection: close\r\n" } else { "" };
    let mut out = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: {JSON}\r\nDocker-Distribution-Api-Version: registry/2.0\r\n{}{connection}Content-Length: {}\r\n\r\n",
        response.status,
        response.reason,
        response.extra,
        response.body.len()
    )
    .into_bytes();
    if !head_only {
        out.extend_from_slice(&response.body);
    }
    let sent = engine.stream.write_all(&out).await.is_ok();
    sent && engine.stream.flush().await.is_ok()
}
