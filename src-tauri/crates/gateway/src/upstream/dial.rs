//! Opens a connection: directly or through the organization's proxy, plain or TLS.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{Destination, Problem, Scheme};
use crate::{
    http::{Connection, Reply},
    stream::{Stream, gathered},
};

const CONNECT_TIME: Duration = Duration::from_secs(30);
/// What one address has before the next is tried too.
const HEAD_START: Duration = Duration::from_millis(250);

/// A proxy on the way.
#[derive(Clone)]
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
            .ok_or("the organization's proxy is not written as `http://host:port`")?;
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
    let handshake = TlsConnector::from(config).connect(name, gathered(socket));
    let mut stream = timeout(CONNECT_TIME, handshake)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| Problem::from_io(host, &error))?;
    stream.get_mut().1.set_buffer_limit(Some(crate::tls::SEND_BUFFER));
    Ok(Stream::Dialed(Box::new(stream)))
}

async fn connect(destination: &Destination) -> Result<TcpStream, Problem> {
    let Destination { host, port, .. } = destination;
    let opening = async { first_of(lookup_host((host.as_str(), *port)).await?).await };
    let socket = timeout(CONNECT_TIME, opening)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| unresolved(host, &error).unwrap_or_else(|| Problem::from_io(host, &error)))?;
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "the socket keeps Nagle's delay");
    }
    Ok(socket)
}

/// Tries the addresses of a host a little after one another and takes the first that answers (RFC 8305), so that
/// a family of addresses that leads nowhere does not hold up the other.
async fn first_of(addresses: impl Iterator<Item = SocketAddr>) -> io::Result<TcpStream> {
    let mut attempts = JoinSet::new();
    let mut addresses = addresses.fuse();
    let mut failure = io::ErrorKind::NotFound.into();
    loop {
        let patience = match addresses.next() {
            Some(address) => {
                attempts.spawn(TcpStream::connect(address));
                HEAD_START
            }
            None => CONNECT_TIME,
        };
        match timeout(patience, attempts.join_next()).await {
            Ok(Some(Ok(Ok(socket)))) => return Ok(socket),
            Ok(Some(Ok(Err(error)))) => failure = error,
            Ok(Some(Err(error))) => failure = error.into(),
            Ok(None) => return Err(failure),
            Err(_) => {}
        }
    }
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
        // Some proxies (tinyproxy) answer 401 to a login they do not know.
        (401 | 407, _) => Err(Problem::unreachable(&proxy, login_problem(&reply))),
        (status, _) => Err(Problem::unreachable(
            &proxy,
            format!("the organization's proxy answered {status} for {place}"),
        )),
    }
}

fn login_problem(reply: &Reply) -> String {
    let schemes: Vec<&str> =
        reply.fields.all("proxy-authenticate").filter_map(|value| value.split(' ').next()).collect();
    if schemes.is_empty() || schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
        "the organization's proxy did not accept the user name and password".into()
    } else {
        format!("the organization's proxy asks for {}, and only Basic is supported", schemes.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};

    use super::*;

    /// An address that answers nothing: the one place in its queue is taken.
    fn silent() -> (SocketAddr, impl Sized) {
        let listener = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        bind(&listener, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        listen(&listener, 0).unwrap();
        let address = SocketAddr::try_from(getsockname(&listener).unwrap()).unwrap();
        (address, (listener, std::net::TcpStream::connect(address).unwrap()))
    }

    #[tokio::test]
    async fn an_address_that_leads_nowhere_does_not_hold_up_the_next() {
        let (nowhere, _held) = silent();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let good = listener.local_addr().unwrap();
        let closed = SocketAddr::from(([127, 0, 0, 1], 9));
        for addresses in [vec![nowhere, good], vec![nowhere, closed, nowhere, good], vec![closed, good]] {
            let socket = timeout(Duration::from_secs(5), first_of(addresses.into_iter())).await;
            assert_eq!(socket.unwrap().unwrap().peer_addr().unwrap(), good);
        }
        let refused = first_of([closed].into_iter()).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(first_of(std::iter::empty()).await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_proxy_is_read_as_go_programs_read_it() {
        for (url, place, authorization) in [
            ("http://proxy.example:3128", "proxy.example:3128", None),
            ("proxy.example:3128", "proxy.example:3128", None),
            ("http://proxy.example/", "proxy.example:80", None),
            ("http://ada:p%40ss@proxy.example:3128", "proxy.example:3128", Some("Basic YWRhOnBAc3M=")),
            ("http://[2001:db8::1]:3128", "[2001:db8::1]:3128", None),
        ] {
            let hop = Hop::parse(url).unwrap();
            assert_eq!(
                (hop.address.host_port().as_str(), hop.authorization.as_deref()),
                (place, authorization)
            );
        }
    }
}
