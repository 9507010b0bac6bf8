//! Opens a connection: directly or through the organization's proxy, plain or TLS.

use std::{io, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use super::{Destination, Problem, Scheme};
use crate::{
    http::{Connection, Reply},
    stream::Stream,
};

const CONNECT_TIME: Duration = Duration::from_secs(30);

/// A proxy on the way.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    pub(crate) address: Destination,
    /// The value of `Proxy-Authorization`.
    pub(crate) authorization: Option<String>,
}

impl Hop {
    /// Reads `http://user:password@host:port`; a bare `host:port` is read as Go does.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let rest = match url.split_once("://") {
            None => url,
            Some(("http", rest)) => rest,
            Some((scheme, _)) => {
                return Err(format!(
                    "the organization's proxy speaks `{scheme}`, and only `http` is supported"
                ));
            }
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, authority),
        };
        let address = Destination::from_authority(Scheme::Http, place)
            .ok_or_else(|| format!("the organization's proxy `{place}` is not `host:port`"))?;
        let authorization = login.map(|login| format!("Basic {}", STANDARD.encode(percent_decoded(login))));
        Ok(Self { address, authorization })
    }
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.as_bytes();
    while let Some((&first, rest)) = bytes.split_first() {
        let pair = rest.get(..2).and_then(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
        match pair.filter(|_| first == b'%') {
            Some(byte) => {
                out.push(byte);
                bytes = &rest[2..];
            }
            None => {
                out.push(first);
                bytes = rest;
            }
        }
    }
    out
}

/// Opens a TCP connection to the destination, by way of the proxy where there is one.
pub(crate) async fn open(destination: &Destination, hop: Option<&Hop>) -> Result<TcpStream, Problem> {
    match hop {
        None => connect(destination).await,
        Some(hop) => {
            let socket = connect(&hop.address).await?;
            match destination.scheme {
                Scheme::Http => Ok(socket),
                Scheme::Https => through(socket, destination, hop).await,
            }
        }
    }
}

/// Speaks TLS on an open connection.
pub(crate) async fn secure(
    socket: TcpStream,
    host: &str,
    config: Arc<ClientConfig>,
) -> Result<Stream, Problem> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Problem::unreachable(host, "it is not a name that TLS can be spoken to"))?;
    let handshake = TlsConnector::from(config).connect(name, socket);
    let mut stream = timeout(CONNECT_TIME, handshake)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| Problem::from_io(host, &error))?;
    stream.get_mut().1.set_buffer_limit(Some(crate::tls::SEND_BUFFER));
    Ok(Stream::Dialed(Box::new(stream)))
}

async fn connect(destination: &Destination) -> Result<TcpStream, Problem> {
    let Destination { host, port, .. } = destination;
    let opening = TcpStream::connect((host.as_str(), *port));
    let socket = timeout(CONNECT_TIME, opening)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| unresolved(host, &error).unwrap_or_else(|| Problem::from_io(host, &error)))?;
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "the socket keeps Nagle's delay");
    }
    Ok(socket)
}

/// The resolver's errors have no kind of their own in the standard library.
fn unresolved(host: &str, error: &io::Error) -> Option<Problem> {
    let resolver = error.raw_os_error().is_none() && error.to_string().contains("lookup");
    resolver.then(|| Problem::unreachable(host, "its name has no address"))
}

async fn through(mut socket: TcpStream, destination: &Destination, hop: &Hop) -> Result<TcpStream, Problem> {
    let place = destination.host_port();
    let authorization = hop
        .authorization
        .as_ref()
        .map(|value| format!("Proxy-Authorization: {value}\r\n"))
        .unwrap_or_default();
    let head = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{authorization}\r\n");
    let proxy = hop.address.host_port();
    let broken = |error: &io::Error| Problem::from_io(&proxy, error);
    socket.write_all(head.as_bytes()).await.map_err(|error| broken(&error))?;
    let mut connection = Connection::new(Stream::Plain(socket));
    let head = connection.read_head(CONNECT_TIME).await.map_err(|error| {
        Problem::unreachable(&proxy, format!("the organization's proxy gave no answer: {error}"))
    })?;
    let reply = Reply::parse(&head).map_err(|error| Problem::unreachable(&proxy, error.to_string()))?;
    match (reply.status, connection.into_parts()) {
        (200, (ahead, Stream::Plain(socket))) if ahead.is_empty() => Ok(socket),
        (407, _) => Err(Problem::unreachable(&proxy, login_problem(&reply))),
        (status, _) => Err(Problem::unreachable(
            &proxy,
            format!("the organization's proxy answered {status} for {place}"),
        )),
    }
}

fn login_problem(reply: &Reply) -> String {
    let schemes: Vec<&str> =
        reply.fields.all("proxy-authenticate").filter_map(|value| value.split(' ').next()).collect();
    if schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
        "the organization's proxy did not accept the user name and password".into()
    } else {
        format!("the organization's proxy asks for {}, and only Basic is supported", schemes.join(", "))
    }
}
