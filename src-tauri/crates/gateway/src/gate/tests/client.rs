//! An engine that sends exact bytes and reads exact answers.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::wire::Wire;

pub(super) struct Client {
    wire: Box<dyn Wire>,
    ahead: Vec<u8>,
    /// A test that waits this long has failed.
    pub(super) patience: Duration,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) reason: String,
    /// The whole head.
    pub(super) head: String,
    /// As it came; with its framing, where it is chunked.
    pub(super) body: Vec<u8>,
    /// Whether it ended as its framing says.
    pub(super) whole: bool,
}

impl Answer {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (have, value) = line.split_once(": ")?;
            have.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Client {
    pub(super) async fn open(address: SocketAddr) -> Self {
        let wire = TcpStream::connect(address).await.unwrap();
        wire.set_nodelay(true).unwrap();
        let wire = Box::new(wire);
        Self { wire, ahead: Vec::new(), patience: Duration::from_secs(20) }
    }

    /// Speaks TLS from here on.
    pub(super) async fn secured(self, config: Arc<ClientConfig>, name: &str) -> std::io::Result<Self> {
        assert!(self.ahead.is_empty(), "bytes came before TLS");
        let socket = self.wire.into_plain().expect("TLS is spoken already");
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let stream = TlsConnector::from(config).connect(name, socket).await?;
        Ok(Self { wire: Box::new(stream), ahead: Vec::new(), patience: self.patience })
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.wire.write_all(bytes.as_ref()).await.unwrap();
        self.wire.flush().await.unwrap();
    }

    /// Sends as much as the other side takes.
    pub(super) async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.wire.write_all(bytes.as_ref()).await.is_ok() && self.wire.flush().await.is_ok()
    }

    /// Closes by a reset.
    pub(super) fn reset(self) {
        self.wire.socket().set_zero_linger().unwrap();
    }

    /// The head of the next answer; nothing when the connection ends instead.
    pub(super) async fn head(&mut self) -> Option<String> {
        loop {
            if let Some(at) = self.ahead.windows(4).position(|window| window == b"\r\n\r\n") {
                let rest = self.ahead.split_off(at + 4);
                return Some(String::from_utf8(std::mem::replace(&mut self.ahead, rest)).unwrap());
            }
            if !matches!(self.more().await, Ok(1..)) {
                assert_eq!(self.ahead, b"", "the head is not whole");
                return None;
            }
        }
    }

    /// The next answer to a request of that method.
    pub(super) async fn answer(&mut self, method: &str) -> Answer {
        let head = self.head().await.expect("the connection ended without an answer");
        let line = head.lines().next().unwrap().to_owned();
        let (version, rest) = line.split_once(' ').unwrap();
        assert_eq!(version, "HTTP/1.1", "{line}");
        let (status, reason) = rest.split_once(' ').unwrap();
        let status = status.parse().unwrap();
        let mut answer = Answer { status, reason: reason.to_owned(), head, body: Vec::new(), whole: true };
        if method == "HEAD" || status / 100 == 1 || matches!(status, 204 | 304) {
            return answer;
        }
        if answer.field("transfer-encoding").is_some() {
            answer.whole = self.chunks(&mut answer.body).await;
        } else if let Some(length) = answer.field("content-length").map(|text| text.parse().unwrap()) {
            answer.whole = self.bytes(length, &mut answer.body).await;
        } else {
            (answer.body, answer.whole) = self.rest().await;
        }
        answer
    }

    /// So many bytes of a body.
    pub(super) async fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut body = Vec::new();
        assert!(self.bytes(length, &mut body).await, "it broke off after {}", body.len());
        body
    }

    async fn bytes(&mut self, length: usize, body: &mut Vec<u8>) -> bool {
        while self.ahead.len() < length {
            if !matches!(self.more().await, Ok(1..)) {
                body.append(&mut self.ahead);
                return false;
            }
        }
        let rest = self.ahead.split_off(length);
        body.append(&mut std::mem::replace(&mut self.ahead, rest));
        true
    }

    /// Reads a chunked body by its sizes, and its trailers up to the empty line.
    async fn chunks(&mut self, body: &mut Vec<u8>) -> bool {
        loop {
            let Some(line) = self.line(body).await else { return false };
            let digits = line.split([';', ' ', '\r']).next().unwrap().to_owned();
            let size = usize::from_str_radix(&digits, 16).unwrap();
            if size == 0 {
                break;
            }
            if !self.bytes(size + 2, body).await {
                return false;
            }
        }
        loop {
            match self.line(body).await.as_deref() {
                Some("\r\n") => return true,
                Some(_) => {}
                None => return false,
            }
        }
    }

    async fn line(&mut self, body: &mut Vec<u8>) -> Option<String> {
        loop {
            if let Some(at) = self.ahead.windows(2).position(|window| window == b"\r\n") {
                let rest = self.ahead.split_off(at + 2);
                let line = std::mem::replace(&mut self.ahead, rest);
                body.extend_from_slice(&line);
                return Some(String::from_utf8(line).unwrap());
            }
            if !matches!(self.more().await, Ok(1..)) {
                return None;
            }
        }
    }

    /// Everything up to the end, and whether the end was a clean one.
    pub(super) async fn rest(&mut self) -> (Vec<u8>, bool) {
        loop {
            match self.more().await {
                Ok(1..) => {}
                Ok(0) => return (std::mem::take(&mut self.ahead), true),
                Err(_) => return (std::mem::take(&mut self.ahead), false),
            }
        }
    }

    /// Whether the other side has ended the connection, with nothing more said.
    pub(super) async fn is_over(&mut self) -> bool {
        self.rest().await.0.is_empty()
    }

    /// Whether the other side ends the connection at once; an open one is looked at for a moment.
    pub(super) async fn ends_soon(&mut self) -> bool {
        let mut byte = [0];
        let read = self.wire.read(&mut byte);
        matches!(timeout(Duration::from_millis(5), read).await, Ok(Ok(0) | Err(_)))
    }

    async fn more(&mut self) -> std::io::Result<usize> {
        let mut piece = vec![0; 64 * 1024];
        let count = timeout(self.patience, self.wire.read(&mut piece)).await.expect("nothing came")?;
        self.ahead.extend_from_slice(&piece[..count]);
        Ok(count)
    }

    /// Asks and reads the answer.
    pub(super) async fn ask(&mut self, method: &str, host: &str, path: &str) -> Answer {
        self.ask_with(method, host, path, "").await
    }

    /// The same, with fields of its own, each ended by CR LF.
    pub(super) async fn ask_with(&mut self, method: &str, host: &str, path: &str, fields: &str) -> Answer {
        self.send(format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n")).await;
        self.answer(method).await
    }
}
