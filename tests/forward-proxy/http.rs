//! `CONNECT` and the absolute form.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

use crate::{lead, log, manner, may_pass};

const PAGE: &str = "<html><body>The proxy has a page of its own for this.</body></html>\n";

/// Answers one question.
#[expect(clippy::too_many_lines, reason = "one request after the other")]
pub(crate) async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, wants_login: bool) {
    let Some(head) = head(&mut stream).await else { return };
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let connects = method == "CONNECT";
    let form = if connects { "connect" } else { "absolute" };
    let rest = target.strip_prefix("http://").unwrap_or(target);
    let (place, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (user, known) = login(&head);
    let manner = manner();
    let refusal = match manner.as_str() {
        "ntlm" => Some((
            "407 Proxy Authentication Required",
            "Proxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n",
        )),
        "forbid" => Some(("403 Forbidden", "")),
        "unavailable" => Some(("503 Service Unavailable", "")),
        _ if wants_login && !known => {
            Some(("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"Acme, Inc.\"\r\n"))
        }
        _ => None,
    };
    let passes = refusal.is_none() && !matches!(manner.as_str(), "silent" | "close" | "garbage");
    let agent = field(&head, "user-agent").unwrap_or_default();
    log::write(form, agent, place, user.as_deref(), passes);
    match manner.as_str() {
        "silent" => return tokio::time::sleep(Duration::from_secs(600)).await,
        "close" => return,
        "garbage" => return say(&mut stream, "SSH-2.0-OpenSSH_10.0\r\n").await,
        _ => {}
    }
    if let Some((status, fields)) = refusal {
        let length = PAGE.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\n{fields}Content-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{PAGE}"
        );
        return say(&mut stream, &answer).await;
    }
    let there = if place.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        place.to_owned()
    } else {
        format!("{place}:80")
    };
    let Ok(mut there) = TcpStream::connect(&there).await else {
        return say(
            &mut stream,
            "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        )
        .await;
    };
    if connects {
        say(
            &mut stream,
            "HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy.acme.example\r\nX-Squid: yes\r\n\r\n",
        )
        .await;
    } else if there.write_all(forwarded(&head, method, path).as_bytes()).await.is_err() {
        return;
    }
    lead(stream, there).await;
}

async fn head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 32 * 1024 {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The name that was shown, and whether it may pass.
fn login(head: &str) -> (Option<String>, bool) {
    let value = field(head, "proxy-authorization").and_then(|value| value.strip_prefix("Basic "));
    let bytes = value.and_then(|value| STANDARD.decode(value).ok());
    let Some(text) = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()) else {
        return (None, false);
    };
    let (name, password) = text.split_once(':').unwrap_or((&text, ""));
    (Some(name.to_owned()), may_pass(name, password))
}

/// The head as the origin gets it. One question a connection, so that each is seen here.
fn forwarded(head: &str, method: &str, path: &str) -> String {
    let kept = head.lines().skip(1).filter(|line| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !line.is_empty()
            && !matches!(name.as_str(), "proxy-authorization" | "proxy-connection" | "connection")
    });
    let fields: Vec<String> = kept.map(|line| format!("{line}\r\n")).collect();
    format!("{method} {path} HTTP/1.1\r\n{}Connection: close\r\n\r\n", fields.concat())
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), text: &str) {
    // Who asked may be gone.
    let _ended = stream.write_all(text.as_bytes()).await;
    let _ended = stream.flush().await;
}
