//! A registry that answers as it is told, byte for byte, and keeps what it was asked.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use tokio_rustls::TlsAcceptor;

use super::wire::Wire;

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) connection: usize,
    /// The URL of the origin itself.
    pub(super) url: String,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Seen {
    /// `GET /v2/`
    pub(super) fn asked(&self) -> &str {
        self.head.split(" HTTP/1.1\r\n").next().unwrap()
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (have, value) = line.split_once(": ")?;
            have.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// What the origin does with a request.
#[derive(Clone)]
pub(super) enum Step {
    /// Answers before the body of the request was read, and never reads it.
    Early,
    Send(Vec<u8>),
    /// That many bytes of [`pattern`].
    Pattern(u64),
    Wait(Arc<Notify>),
    Sleep(Duration),
    /// Closes, with a proper end of TLS.
    Close,
    /// Closes without an end of TLS.
    Cut,
    Reset,
    /// Does nothing ever more.
    Hang,
    /// Sends nothing more and notes when the other side ends the connection.
    AwaitEnd,
    /// Sends this again and again, until the other side ends the connection.
    Endless(&'static str),
}

type Script = Arc<dyn Fn(&Seen) -> Vec<Step> + Send + Sync>;

pub(super) struct Origin {
    pub(super) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    url: String,
    script: Script,
    tls: Option<Arc<ServerConfig>>,
    connections: AtomicUsize,
    sent: AtomicU64,
    sending: AtomicUsize,
    ended: AtomicUsize,
    seen: Mutex<Vec<Seen>>,
}

/// What long bodies repeat.
pub(super) fn pattern() -> Vec<u8> {
    (0..=250).cycle().take(251 * 256).collect()
}

/// Whether a long body is what it should be.
pub(super) fn is_pattern(body: &[u8]) -> bool {
    let pattern = pattern();
    body.chunks(pattern.len()).all(|part| *part == pattern[..part.len()])
}

/// Status 200 with a body of known length.
pub(super) fn ok(body: &str) -> Vec<Step> {
    raw(&format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

pub(super) fn raw(text: &str) -> Vec<Step> {
    vec![Step::Send(text.as_bytes().to_vec())]
}

impl Origin {
    pub(super) async fn plain(script: impl Fn(&Seen) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self::start(None, Arc::new(script)).await
    }

    pub(super) async fn tls(
        config: Arc<ServerConfig>,
        script: impl Fn(&Seen) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::start(Some(config), Arc::new(script)).await
    }

    /// Answers everything alike.
    pub(super) async fn saying(text: &'static str) -> Self {
        Self::plain(move |_| raw(text)).await
    }

    async fn start(tls: Option<Arc<ServerConfig>>, script: Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let state = Arc::new(State {
            url: format!("{scheme}://{address}"),
            script,
            tls,
            connections: AtomicUsize::new(0),
            sent: AtomicU64::new(0),
            sending: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
            seen: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // A test that lets time pass does not wait for an acknowledgment.
                socket.set_nodelay(true).unwrap();
                let number = shared.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(Arc::clone(&shared), number, socket));
            }
        });
        Self { address, state }
    }

    pub(super) fn url(&self) -> String {
        self.state.url.clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Bytes of long bodies handed to the system so far.
    pub(super) fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::SeqCst)
    }

    /// Waits until so many connections were ended by the other side.
    pub(super) async fn ended(&self, count: usize) {
        let waiting = async {
            while self.state.ended.load(Ordering::SeqCst) < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), waiting)
            .await
            .expect("the connections are still there");
    }

    /// How many connections were ended by the other side.
    pub(super) fn over(&self) -> usize {
        self.state.ended.load(Ordering::SeqCst)
    }

    /// Whether a long body is under way.
    pub(super) fn is_sending(&self) -> bool {
        self.state.sending.load(Ordering::SeqCst) > 0
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    pub(super) fn last(&self) -> Seen {
        self.seen().last().cloned().expect("nothing reached the origin")
    }

    /// Method and path of every request.
    pub(super) fn asked(&self) -> Vec<String> {
        self.seen().iter().map(|seen| seen.asked().to_owned()).collect()
    }
}

async fn serve(state: Arc<State>, number: usize, socket: TcpStream) {
    let mut wire: Box<dyn Wire> = match &state.tls {
        None => Box::new(socket),
        Some(config) => match TlsAcceptor::from(Arc::clone(config)).accept(socket).await {
            Ok(stream) => Box::new(stream),
            Err(_) => return,
        },
    };
    let mut ahead = Vec::new();
    if state.tls.is_none() && greets_in_tls(&mut wire, &mut ahead).await {
        return;
    }
    while let Some(head) = read_until(&mut wire, &mut ahead, b"\r\n\r\n").await {
        let head = String::from_utf8(head).unwrap();
        let mut seen = Seen { connection: number, url: state.url.clone(), head, body: Vec::new() };
        let steps = (state.script)(&seen);
        if !matches!(steps.first(), Some(Step::Early)) {
            let Some(body) = read_body(&mut wire, &mut ahead, &seen).await else { return };
            seen.body = body;
        }
        state.seen.lock().unwrap().push(seen);
        for step in steps {
            if !take(&state, &mut wire, step).await {
                return;
            }
        }
    }
}

async fn send_pattern(state: &State, wire: &mut Box<dyn Wire>, length: u64) -> bool {
    let (pattern, mut left) = (pattern(), length);
    while left > 0 {
        let count = usize::try_from(left).unwrap().min(pattern.len());
        if wire.write_all(&pattern[..count]).await.is_err() {
            return false;
        }
        left -= count as u64;
        state.sent.store(length - left, Ordering::SeqCst);
    }
    wire.flush().await.is_ok()
}

/// A server without TLS says so and closes.
async fn greets_in_tls(wire: &mut Box<dyn Wire>, ahead: &mut Vec<u8>) -> bool {
    let mut piece = [0; 4096];
    let count = wire.read(&mut piece).await.unwrap_or(0);
    ahead.extend_from_slice(&piece[..count]);
    let is_tls = ahead.first() == Some(&0x16);
    is_tls && wire.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await.is_ok()
}

/// Whether the connection goes on.
async fn take(state: &State, wire: &mut Box<dyn Wire>, step: Step) -> bool {
    match step {
        Step::Early => true,
        Step::Send(bytes) => wire.write_all(&bytes).await.is_ok() && wire.flush().await.is_ok(),
        Step::Pattern(length) => {
            state.sending.fetch_add(1, Ordering::SeqCst);
            let sent = send_pattern(state, wire, length).await;
            state.sending.fetch_sub(1, Ordering::SeqCst);
            sent
        }
        Step::Wait(signal) => {
            signal.notified().await;
            true
        }
        Step::Sleep(time) => {
            tokio::time::sleep(time).await;
            true
        }
        Step::Close => {
            // An end that the other side does not wait for is an end too.
            let _closed = wire.shutdown().await;
            false
        }
        Step::Cut => false,
        Step::Reset => {
            wire.socket().set_zero_linger().unwrap();
            false
        }
        Step::Hang => std::future::pending().await,
        Step::AwaitEnd => {
            let mut piece = [0; 4096];
            while matches!(wire.read(&mut piece).await, Ok(1..)) {}
            state.ended.fetch_add(1, Ordering::SeqCst);
            false
        }
        Step::Endless(text) => {
            while wire.write_all(text.as_bytes()).await.is_ok() && wire.flush().await.is_ok() {
                tokio::task::yield_now().await;
            }
            state.ended.fetch_add(1, Ordering::SeqCst);
            false
        }
    }
}

async fn read_until(wire: &mut Box<dyn Wire>, ahead: &mut Vec<u8>, end: &[u8]) -> Option<Vec<u8>> {
    loop {
        if let Some(at) = ahead.windows(end.len()).position(|window| window == end) {
            let rest = ahead.split_off(at + end.len());
            return Some(std::mem::replace(ahead, rest));
        }
        let mut piece = [0; 4096];
        match wire.read(&mut piece).await {
            Ok(count @ 1..) => ahead.extend_from_slice(&piece[..count]),
            Ok(0) | Err(_) => return None,
        }
    }
}

async fn read_body(wire: &mut Box<dyn Wire>, ahead: &mut Vec<u8>, seen: &Seen) -> Option<Vec<u8>> {
    if seen.field("transfer-encoding").is_some() {
        let mut body = Vec::new();
        while !body.ends_with(b"\r\n0\r\n\r\n") && body != b"0\r\n\r\n" {
            body.extend(read_until(wire, ahead, b"\r\n").await?);
        }
        return Some(body);
    }
    let length: usize = seen.field("content-length").map_or(0, |length| length.parse().unwrap());
    while ahead.len() < length {
        let mut piece = [0; 4096];
        match wire.read(&mut piece).await {
            Ok(count @ 1..) => ahead.extend_from_slice(&piece[..count]),
            Ok(0) | Err(_) => return None,
        }
    }
    let rest = ahead.split_off(length);
    Some(std::mem::replace(ahead, rest))
}
