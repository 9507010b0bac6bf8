//! One request to a registry and the head of its answer.

use std::{io, sync::Arc, time::Duration};

use tokio::io::AsyncWriteExt;

use super::{Destination, Network, Problem, Scheme};
use crate::{
    http::{Body, Connection, Fields, ReadError, RelayError, Reply, Tap, relay_body},
    stream::Stream,
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
    connection: Connection,
    destination: Destination,
    network: Arc<Network>,
}

/// A registry may take its time to find a blob.
const PATIENCE: Duration = Duration::from_secs(300);

/// Asks; a waiting connection that turns out dead is replaced once. A body cannot be sent twice, so it goes on a
/// fresh connection.
pub(crate) async fn ask(
    network: &Arc<Network>,
    destination: &Destination,
    outgoing: &Outgoing<'_>,
    mut engine: Option<&mut Connection>,
) -> Result<Exchange, Problem> {
    let mut fresh = outgoing.body != Body::Empty;
    loop {
        let opened = network.open(destination, fresh).await?;
        let destination = network.settled(destination);
        let mut connection = opened.connection;
        let mut head =
            head(&destination, outgoing, opened.absolute.as_ref().map(|hop| hop.authorization.as_deref()));
        head.extend_from_slice(outgoing.content);
        let answer = converse(&mut connection, &head, outgoing, engine.as_deref_mut()).await;
        match answer {
            Err(Failure::Nothing(_)) if opened.reused => fresh = true,
            Err(failure) => return Err(failure.into_problem(&destination.host)),
            Ok((reply, took_all)) => {
                let body = reply
                    .body(outgoing.method)
                    .map_err(|error| Problem::unreachable(&destination.host, error.to_string()))?;
                let network = Arc::clone(network);
                return Ok(Exchange { reply, body, took_all, connection, destination, network });
            }
        }
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
        let body = crate::http::read_body(&mut self.connection, self.body, limit)
            .await
            .map_err(|error| Problem::unreachable(&host, error.to_string()))?;
        self.release();
        Ok(body)
    }

    fn release(self) {
        if self.took_all && self.reply.keeps_alive() && self.body != Body::UntilClose {
            self.network.pool.give(&self.destination, self.connection);
        }
    }
}

enum Failure {
    /// Not a byte of an answer, as from a connection that was closed while it waited.
    Nothing(io::Error),
    Other(String),
}

impl Failure {
    fn into_problem(self, host: &str) -> Problem {
        match self {
            Self::Nothing(error) => Problem::from_io(host, &error),
            Self::Other(why) => Problem::unreachable(host, why),
        }
    }
}

async fn converse(
    connection: &mut Connection,
    head: &[u8],
    outgoing: &Outgoing<'_>,
    engine: Option<&mut Connection>,
) -> Result<(Reply, bool), Failure> {
    let mut took_all = true;
    connection.stream.write_all(head).await.map_err(Failure::Nothing)?;
    connection.stream.flush().await.map_err(Failure::Nothing)?;
    if let Some(engine) = engine {
        match relay_body(engine, &mut connection.stream, Vec::new(), outgoing.body, None).await {
            // A registry that answers before it has taken everything says why in that answer.
            Ok(()) => {}
            Err(RelayError::To(_)) => took_all = false,
            Err(error) => return Err(Failure::Other(error.to_string())),
        }
    }
    loop {
        let head = connection.read_head(PATIENCE).await.map_err(|error| match error {
            ReadError::Closed => Failure::Nothing(io::ErrorKind::UnexpectedEof.into()),
            ReadError::Broken(error) => Failure::Nothing(error),
            ReadError::TooLong | ReadError::Silent(_) => Failure::Other(error.to_string()),
        })?;
        let reply = Reply::parse(&head).map_err(|error| Failure::Other(error.to_string()))?;
        if reply.status / 100 != 1 {
            return Ok((reply, took_all));
        }
    }
}

fn head(destination: &Destination, outgoing: &Outgoing<'_>, proxy: Option<Option<&str>>) -> Vec<u8> {
    let authority = destination.authority();
    let origin = match (proxy, destination.scheme) {
        (Some(_), Scheme::Http) => format!("http://{authority}"),
        (Some(_) | None, Scheme::Http | Scheme::Https) => String::new(),
    };
    let mut out = format!("{} {origin}{} HTTP/1.1\r\nHost: {authority}\r\n", outgoing.method, outgoing.path)
        .into_bytes();
    if let Some(Some(authorization)) = proxy {
        out.extend_from_slice(format!("Proxy-Authorization: {authorization}\r\n").as_bytes());
    }
    let mut fields = outgoing.fields.clone();
    fields.remove("host");
    fields.remove("expect");
    fields.write_end_to_end(&mut out);
    match (outgoing.body, outgoing.method) {
        (Body::Empty, "POST" | "PUT" | "PATCH") => out.extend_from_slice(b"Content-Length: 0\r\n"),
        (body, _) => body.write_field(&mut out),
    }
    out.extend_from_slice(b"\r\n");
    out
}
