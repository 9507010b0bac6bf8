//! One request to a registry and the head of its answer.

use std::{io, sync::Arc, time::Duration};

use egress::{ProxyUrl, Showing};
use host::clock::boottime;
use http1::{
    Body, Connection, Fields, HEAD_TIME, ReadError, RelayError, Reply, ReplyError, Stream, Tap, relay_body,
    relay_request_body,
};
use policy_text::render::UnreachableCause;
use tokio::{
    io::AsyncWriteExt,
    sync::oneshot,
    time::{Instant, timeout},
};

use super::{
    Destination, Network, Problem, lookup,
    network::Opened,
    pool::KEEP,
    proxy::{Hop, login_problem},
};

/// A request as it goes upstream. Its body, if any, is read from the engine's connection, or is the gateway's own.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) fields: &'a Fields,
    pub(crate) body: Body,
    /// The body of a request that is the gateway's own.
    pub(crate) content: &'a [u8],
}

/// An answer whose body is still to be read.
pub(crate) struct Exchange {
    pub(crate) reply: Reply,
    pub(crate) body: Body,
    /// Whether the registry took the whole request before it answered.
    pub(crate) took_all: bool,
    /// Whether the request had a body. A server that left it unread would take it for the next request.
    had_body: bool,
    connection: Connection,
    destination: Destination,
    network: Arc<Network>,
}

/// How long a registry is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeouts {
    /// For a connection; where there is none, as long as connecting takes.
    pub(crate) open: Option<Duration>,
    /// For the first byte of the answer.
    pub(crate) answer: Duration,
}

impl Timeouts {
    /// A registry may take its time to find a blob.
    pub(crate) const DEFAULT: Self = Self { open: None, answer: Duration::from_secs(300) };
}

/// A connection that was used so short a time ago is taken to be alive where nothing can be asked twice: within one
/// pull nothing waits for longer.
const ALIVE: Duration = Duration::from_millis(250);
/// What one that waited has for the first byte of an answer before it is doubted: the machine may have slept meanwhile,
/// or be on another network, and then nothing ever comes.
const DOUBT: Duration = Duration::from_secs(1);

/// Sends a request and reads the head of its answer; a waiting connection that turns out dead is replaced once. A body cannot be sent twice, so it goes on a
/// fresh connection.
pub(crate) async fn exchange(
    network: &Arc<Network>,
    destination: &Destination,
    outgoing: &Outgoing<'_>,
    engine: Option<&mut Connection>,
) -> Result<Exchange, Problem> {
    exchange_within(network, destination, outgoing, engine, Timeouts::DEFAULT).await
}

/// Does so with another patience than the usual one.
pub(crate) async fn exchange_within(
    network: &Arc<Network>,
    destination: &Destination,
    outgoing: &Outgoing<'_>,
    mut engine: Option<&mut Connection>,
    timeouts: Timeouts,
) -> Result<Exchange, Problem> {
    let repeatable = outgoing.body == Body::Empty && matches!(outgoing.method, "GET" | "HEAD");
    let mut idle = match (outgoing.body, repeatable) {
        (_, true) => KEEP,
        (Body::Empty, false) => ALIVE,
        (..) => Duration::ZERO,
    };
    loop {
        let opened = open(network, destination, idle, timeouts.open).await?;
        let wait = Wait {
            doubt: opened.waited.filter(|_| repeatable).map(|waited| Doubt { waited, hop: opened.via_proxy }),
            answer: timeouts.answer,
        };
        let destination = network.effective(destination);
        let mut connection = opened.connection;
        let absolute = opened.absolute;
        let mut head = request_head(&destination, outgoing, absolute.as_ref().map(|(hop, _)| &hop.proxy));
        head.extend_from_slice(outgoing.content);
        let answer = converse(&mut connection, &head, outgoing, engine.as_deref_mut(), wait).await;
        match answer {
            Err(Failure::Nothing(_)) if opened.waited.is_some() => idle = Duration::ZERO,
            Err(Failure::Dead) => {
                tracing::info!(host = %destination.host, "connections of before lead nowhere and are left");
                network.pool.clear();
                idle = Duration::ZERO;
            }
            Err(failure) => return Err(failure.into_problem(&destination.host)),
            Ok((reply, took_all)) => {
                if let Some((hop, showing)) = absolute {
                    judge(&hop, showing, &reply)?;
                }
                let body = reply
                    .body(outgoing.method)
                    .map_err(|error| Failure::from(error).into_problem(&destination.host))?;
                let (network, had_body) = (Arc::clone(network), outgoing.body != Body::Empty);
                return Ok(Exchange { reply, body, took_all, had_body, connection, destination, network });
            }
        }
    }
}

/// A connection within that time. One that comes too late is kept for the next request.
async fn open(
    network: &Arc<Network>,
    destination: &Destination,
    idle: Duration,
    patience: Option<Duration>,
) -> Result<Opened, Problem> {
    let Some(patience) = patience else { return network.open(destination, idle).await };
    let (say, come) = oneshot::channel();
    let (late, place) = (Arc::clone(network), destination.clone());
    let asker = lookup::asker();
    tokio::spawn(async move {
        let opened = lookup::on_behalf_of(asker, late.open(&place, idle)).await;
        if let Err(Ok(unclaimed)) = say.send(opened) {
            late.pool.give(&late.effective(&place), unclaimed.connection, boottime());
        }
    });
    match timeout(patience, come).await {
        Ok(Ok(opened)) => opened,
        Ok(Err(_)) | Err(_) => Err(network.silence(destination, patience)),
    }
}

impl Exchange {
    /// Moves the body to the engine behind this head, and keeps the connection for the next request.
    pub(crate) async fn relay(
        mut self,
        head: Vec<u8>,
        to: &mut Stream,
        tap: Option<&mut Tap>,
    ) -> Result<(), RelayError> {
        relay_body(&mut self.connection, to, head, self.body, tap).await?;
        self.release();
        Ok(())
    }

    /// Reads a small body, for answers the gateway itself uses.
    pub(crate) async fn read(mut self, limit: usize) -> Result<Vec<u8>, Problem> {
        let host = self.destination.host.clone();
        let body = http1::read_body(&mut self.connection, self.body, limit)
            .await
            .map_err(|error| Problem::unreachable(&host, error.to_string()))?;
        self.release();
        Ok(body)
    }

    fn release(self) {
        if is_even(&self.reply, self.body, self.took_all, self.had_body) {
            self.network.pool.give(&self.destination, self.connection, boottime());
        }
    }
}

/// Whether both sides agree that nothing of a request and its answer is left on the connection.
pub(crate) fn is_even(reply: &Reply, body: Body, took_all: bool, had_body: bool) -> bool {
    took_all && !had_body && body != Body::UntilClose && reply.keeps_alive()
}

/// How long an answer is waited for.
struct Wait {
    /// Of a connection that waited, where the same can be asked again.
    doubt: Option<Doubt>,
    answer: Duration,
}

#[derive(Clone, Copy)]
struct Doubt {
    waited: Duration,
    /// Whether another one's connection follows this one.
    hop: bool,
}

impl Doubt {
    /// Whether nobody is there: the other end did not even take the request. A proxy always takes it, on this machine
    /// above all, and then only the time tells.
    fn is_dead(self, connection: &Connection) -> bool {
        connection.stream.has_unacknowledged() || (self.hop && self.waited >= ALIVE)
    }
}

/// What is said where the engine left meanwhile.
pub(crate) const NOBODY_ASKS: &str = "whoever asked did not wait for the answer";

enum Failure {
    /// Not a byte of an answer, as from a connection that was closed while it waited.
    Nothing(io::Error),
    /// Not a byte of an answer, from a connection that waited and that nobody is at the other end of any longer.
    Dead,
    /// Not a byte of an answer within the time it has.
    Silence,
    /// The engine that asked is gone.
    NobodyAsks,
    /// What came is no answer of HTTP; why is for the log.
    Malformed(String),
    Other(String),
}

impl From<ReplyError> for Failure {
    fn from(error: ReplyError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl Failure {
    fn into_problem(self, host: &str) -> Problem {
        match self {
            Self::Nothing(error) => Problem::from_io(host, &error),
            Self::Dead | Self::Silence => Problem::unreachable(host, UnreachableCause::NoAnswer.in_short()),
            Self::NobodyAsks => Problem::unreachable(host, NOBODY_ASKS),
            Self::Malformed(why) => {
                tracing::info!(host, why, "an answer is no proper HTTP");
                Problem::unreachable(host, UnreachableCause::Malformed.in_short())
            }
            Self::Other(why) => Problem::unreachable(host, why),
        }
    }
}

async fn converse(
    connection: &mut Connection,
    head: &[u8],
    outgoing: &Outgoing<'_>,
    mut engine: Option<&mut Connection>,
    wait: Wait,
) -> Result<(Reply, bool), Failure> {
    let mut took_all = true;
    connection.stream.write_all(head).await.map_err(Failure::Nothing)?;
    connection.stream.flush().await.map_err(Failure::Nothing)?;
    if let Some(engine) = engine.as_deref_mut() {
        match relay_request_body(engine, &mut connection.stream, outgoing.body).await {
            // A registry that answers before it has taken everything says why in that answer.
            Ok(()) => {}
            Err(RelayError::To(_)) => took_all = false,
            Err(error) => return Err(Failure::Other(error.to_string())),
        }
    }
    if let Some(doubt) = wait.doubt
        && !connection.speaks_within(DOUBT).await
        && doubt.is_dead(connection)
    {
        return Err(Failure::Dead);
    }
    let reply = match engine {
        None => final_reply(connection, wait.answer).await?,
        Some(engine) => tokio::select! {
            biased;
            reply = final_reply(connection, wait.answer) => reply?,
            () = engine.ended() => return Err(Failure::NobodyAsks),
        },
    };
    Ok((reply, took_all))
}

/// Servers send one or two of them (`100 Continue`, `103 Early Hints`).
const MOST_INTERIM: usize = 10;

/// The head that answers the request, behind at most ten that only announce it.
async fn final_reply(connection: &mut Connection, patience: Duration) -> Result<Reply, Failure> {
    let begun = Instant::now();
    let reading = async {
        for _ in 0..=MOST_INTERIM {
            let left = patience.saturating_sub(begun.elapsed());
            let head = connection.read_head(left).await.map_err(|error| match error {
                ReadError::Closed => Failure::Nothing(io::ErrorKind::UnexpectedEof.into()),
                ReadError::Broken(error) => Failure::Nothing(error),
                ReadError::Silent(_) => Failure::Silence,
                ReadError::TooLong => Failure::Malformed(error.to_string()),
            })?;
            let reply = Reply::parse(&head)?;
            if reply.status / 100 != 1 {
                return Ok(reply);
            }
        }
        Err(Failure::Malformed("it sends interim answers and no answer".into()))
    };
    // A head that has begun in time may come to its end.
    timeout(patience.saturating_add(HEAD_TIME), reading).await.unwrap_or(Err(Failure::Silence))
}

/// Of an answer to the absolute form, 407 is the proxy's own.
fn judge(hop: &Hop, showing: Showing, reply: &Reply) -> Result<(), Problem> {
    if reply.status != 407 {
        showing.accepted(&hop.proxy, &hop.source);
        return Ok(());
    }
    let problem = login_problem(reply, hop.proxy.login());
    showing.refused(&hop.proxy, &hop.source);
    Err(hop.problem(problem))
}

/// What the gateway says itself, and what makes some servers take another path or method than those that were judged.
const NOT_SENT_ON: [&str; 7] = [
    "host",
    "expect",
    "x-original-url",
    "x-rewrite-url",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// The head of the request, with the framing that its body has.
pub(crate) fn request_head(
    destination: &Destination,
    outgoing: &Outgoing<'_>,
    proxy: Option<&ProxyUrl>,
) -> Vec<u8> {
    let authority = destination.authority();
    let origin = match proxy {
        Some(_) => format!("http://{authority}"),
        None => String::new(),
    };
    let mut out = format!("{} {origin}{} HTTP/1.1\r\nHost: {authority}\r\n", outgoing.method, outgoing.path)
        .into_bytes();
    if let Some(login) = proxy.and_then(ProxyUrl::login) {
        out.extend_from_slice(format!("Proxy-Authorization: {}\r\n", login.basic()).as_bytes());
    }
    let mut fields = outgoing.fields.clone();
    NOT_SENT_ON.iter().for_each(|name| fields.remove(name));
    fields.write_end_to_end(&mut out);
    match (outgoing.body, outgoing.method) {
        (Body::Empty, "POST" | "PUT" | "PATCH") => out.extend_from_slice(b"Content-Length: 0\r\n"),
        (body, _) => body.write_field(&mut out),
    }
    out.extend_from_slice(b"\r\n");
    out
}
