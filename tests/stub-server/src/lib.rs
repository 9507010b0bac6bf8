//! An HTTP server for unit tests, whose every answer is written out by the test, faults included.
#![expect(clippy::unwrap_used, reason = "a broken stub ends the test that uses it")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Such as `GET`.
    pub method: String,
    /// The path with its query.
    pub target: String,
    /// The header fields, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, as long as its `Content-Length` says.
    pub body: String,
}

impl Seen {
    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// The fields of a body that is a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

/// What to answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These bytes, then the end.
    Raw(Vec<u8>),
    /// These bytes, then nothing for ever.
    Stalled(Vec<u8>),
    /// Nothing for ever.
    Silence,
}

impl Reply {
    /// A whole answer with these header lines.
    pub fn with(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Raw(format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into())
    }
}

/// A whole answer of this kind.
pub fn reply(status: u16, kind: &str, body: &str) -> Reply {
    Reply::with(status, &format!("Content-Type: {kind}\r\n"), body)
}

/// Listens on loopback until it is dropped.
pub struct Server {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens on a free port of IPv4 loopback.
    pub async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.unwrap(), answer)
    }

    /// Serves a listener that the test has bound.
    pub fn start_on(listener: TcpListener, answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&seen), Arc::new(answer));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move { serve(stream, &log, answer.as_ref()).await });
            }
        });
        Self { address, seen, task }
    }

    /// The address of a target here.
    pub fn at(&self, target: &str) -> String {
        format!("{}{target}", self.address)
    }

    /// Every request so far, in the order of their arrival.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers the one request of a connection, such as one inside TLS, and notes it in `log`.
pub async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    log: &Mutex<Vec<Seen>>,
    answer: &(dyn Fn(&Seen) -> Reply + Send + Sync),
) {
    let Some(seen) = read(&mut stream).await else { return };
    log.lock().unwrap().push(seen.clone());
    match answer(&seen) {
        Reply::Raw(bytes) => {
            // The client may have had enough before the end.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Stalled(bytes) => {
            stream.write_all(&bytes).await.unwrap();
            std::future::pending().await
        }
        Reply::Silence => std::future::pending().await,
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = bytes.split_off(head + 4);
    while body.len() < length {
        stream.read_buf(&mut body).await.ok()?;
    }
    Some(Seen { method, target, headers, body: String::from_utf8(body).unwrap() })
}
