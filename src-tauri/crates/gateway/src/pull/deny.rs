//! Step 4a. Says no: status 403 with the sentence both as reason phrase and as OCI error, alike for HEAD and GET.

use std::time::Duration;

use policy::Verdict;
use policy_text::render;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::{After, PullRequest};
use crate::{
    http::{Body, Connection},
    ports::Owner,
};

const JSON: &str = "application/json";

/// An answer of the gateway itself.
pub(super) struct Own<'a> {
    pub(super) status: u16,
    /// Printable ASCII on one line.
    pub(super) reason: &'a str,
    /// JSON.
    pub(super) body: Vec<u8>,
    pub(super) extra: &'a str,
}

/// Answers a denied request.
pub(super) async fn deny(request: &PullRequest, verdict: &Verdict, engine: &mut Connection) -> After {
    let reason = render::reason_phrase(verdict);
    let body = serde_json::to_vec(&render::oci_error(verdict)).unwrap_or_default();
    send(request, engine, &Own { status: 403, reason: &reason, body, extra: "" }).await
}

/// Answers as a registry that has nothing by that name.
pub(super) async fn hide(request: &PullRequest, engine: &mut Connection) -> After {
    let body = oci_body("NAME_UNKNOWN", "not shown by this machine's policy; a push may go on");
    send(request, engine, &Own { status: 404, reason: "Not Found", body, extra: "" }).await
}

/// Answers what is no proper request, and says where it is not.
pub(super) async fn malformed(engine: &mut Connection, why: &str) {
    let phrase: String =
        why.chars().filter(|letter| matches!(letter, ' '..='~') && *letter != '`').take(150).collect();
    let reason = format!("bad request to Pullgate: {phrase}");
    let body = oci_body("UNSUPPORTED", &format!("bad request to Pullgate: {why}"));
    let own = Own { status: 400, reason: &reason, body, extra: "" };
    write(engine, &own, true, false).await;
}

/// Answers whoever may not use the proxy front.
pub(super) async fn stranger(engine: &mut Connection, owner: Option<Owner>) {
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
    let own = Own { status: 403, reason: &reason, body: oci_body("DENIED", &message), extra: "" };
    write(engine, &own, true, false).await;
}

/// Answers a call to a host that the gateway cannot stand in for.
pub(super) async fn no_certificate(engine: &mut Connection, why: &str) {
    let plain = |letter: &char| matches!(letter, ' '..='~') && !matches!(letter, '`' | '"' | '\'' | '\\');
    let short: String = why.chars().filter(plain).take(140).collect();
    let reason = format!("not blocked by policy: {short}. Run: pullgate doctor");
    let body = oci_body("UNKNOWN", &format!("The problem is not the policy: {why}. Run `pullgate doctor`"));
    write(engine, &Own { status: 503, reason: &reason, body, extra: "" }, true, false).await;
}

/// Answers a CONNECT that leads nowhere. Engines show the reason phrase, git the status.
pub(super) async fn no_tunnel(engine: &mut Connection, status: u16, why: &str) {
    let plain = |letter: &char| matches!(letter, ' '..='~') && !matches!(letter, '`' | '"' | '\'' | '\\');
    let short: String = why.chars().filter(plain).take(170).collect();
    let reason = format!("not blocked by policy: {short}");
    let body = oci_body("UNKNOWN", &format!("The problem is not the policy: {why}"));
    write(engine, &Own { status, reason: &reason, body, extra: "" }, true, false).await;
}

/// Sends an answer of the gateway's own.
pub(super) async fn send(request: &PullRequest, engine: &mut Connection, own: &Own<'_>) -> After {
    // A body that was not taken is not read either: the connection ends.
    let close = request.body != Body::Empty || !request.request.keeps_alive();
    finish(request, engine, own, close).await
}

/// Answers a request whose body was read.
pub(super) async fn answer(request: &PullRequest, engine: &mut Connection, own: &Own<'_>) -> After {
    finish(request, engine, own, !request.request.keeps_alive()).await
}

async fn finish(request: &PullRequest, engine: &mut Connection, own: &Own<'_>, close: bool) -> After {
    if write(engine, own, close, request.request.is_head()).await && !close {
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

/// The error body of the distribution API.
pub(super) fn oci_body(code: &str, message: &str) -> Vec<u8> {
    let body = serde_json::json!({ "errors": [{ "code": code, "message": message, "detail": message }] });
    serde_json::to_vec(&body).unwrap_or_default()
}

async fn write(engine: &mut Connection, own: &Own<'_>, close: bool, head_only: bool) -> bool {
    let connection = if close { "Connection: close\r\n" } else { "" };
    let mut out = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: {JSON}\r\nDocker-Distribution-Api-Version: registry/2.0\r\n{}{connection}Content-Length: {}\r\n\r\n",
        own.status,
        own.reason,
        own.extra,
        own.body.len()
    )
    .into_bytes();
    if !head_only {
        out.extend_from_slice(&own.body);
    }
    let sent = engine.stream.write_all(&out).await.is_ok();
    sent && engine.stream.flush().await.is_ok()
}
