//! One HTTP exchange over a stream, with nothing but the standard library, and orders given that way.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// How long a far end may take before it counts as broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The status and content of an answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// Sends one request over the socket and reads the answer until the far end closes.
pub(crate) fn call(socket: &Path, method: &str, path: &str, body: &[u8]) -> io::Result<Answer> {
    let stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    over(stream, method, path, body)
}

/// Sends one request and reads the answer until the far end closes or has said all it announced.
pub(crate) fn over(
    mut stream: impl Read + Write,
    method: &str,
    path: &str,
    body: &[u8],
) -> io::Result<Answer> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    // In one piece: a server that needs no content may have answered and closed before a second one comes.
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut bytes = Vec::new();
    let mut piece = [0; 16 * 1024];
    while !is_whole(&bytes) {
        match stream.read(&mut piece)? {
            0 => break,
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
    parse(&bytes).ok_or_else(|| io::Error::other("the answer is not HTTP"))
}

/// Gives an order to whoever listens at the socket, and fails the test unless it is obeyed.
pub(crate) fn order<In: Serialize, Out: DeserializeOwned>(
    (who, socket): (&str, &Path),
    method: &str,
    path: &str,
    content: &In,
) -> Out {
    let body = serde_json::to_vec(content).expect("an order is plain data");
    let answer = call(socket, method, path, &body)
        .unwrap_or_else(|error| panic!("{who} does not listen at {}: {error}", socket.display()));
    let text = String::from_utf8_lossy(&answer.body);
    assert!(answer.status == 200, "{who} refused {method} {path}: {text}");
    serde_json::from_slice(&answer.body)
        .unwrap_or_else(|error| panic!("{who} answered {method} {path} with {text}: {error}"))
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = end_of_head(bytes) else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    length.is_some_and(|length: usize| bytes.len() >= end + 4 + length)
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = end_of_head(bytes)?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, body: bytes[end + 4..].to_vec() })
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n")
}
