//! The listeners for one sign-in: both loopback addresses, one port, few connections at once, little time for each.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::callback::{Expected, Judged};
use super::page::{self, Page};
use super::request::{CallbackRequest, read};
use crate::oidc::SignInError;

/// A browser opens a few connections at once and leaves some of them silent.
const MOST_CONNECTIONS: usize = 32;
/// For a request to come, and for its answer to be taken.
const PATIENCE: Duration = Duration::from_secs(10);
/// After a connection could not be accepted, most often for want of file descriptors.
const BREATHER: Duration = Duration::from_millis(50);
/// The free port of one address may be taken at the other.
const TRIES: usize = 16;

/// Waits for the browser of one sign-in.
pub(super) struct LoopbackListener {
    four: TcpListener,
    six: Option<TcpListener>,
    port: u16,
    /// The name by which a browser comes, besides the two addresses.
    host: String,
}

/// The request that ended the waiting, still to be answered.
pub(super) struct Arrival {
    pub(super) stream: TcpStream,
    pub(super) outcome: Result<String, SignInError>,
}

impl LoopbackListener {
    /// At the first free one of these ports, or at any if none is named.
    pub(super) async fn open(host: &str, ports: &[u16]) -> Result<Self, SignInError> {
        let any = [0; TRIES];
        let mut last = io::Error::from(io::ErrorKind::AddrInUse);
        for port in if ports.is_empty() { &any } else { ports } {
            match Self::open_at(host, *port).await {
                Ok(listener) => return Ok(listener),
                Err(error) => last = error,
            }
        }
        Err(SignInError::Listen { ports: ports.to_vec(), why: last })
    }

    async fn open_at(host: &str, port: u16) -> io::Result<Self> {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = four.local_addr()?.port();
        let six = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(six) => Some(six),
            // Somebody else sits there and would get this sign-in's browser.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(_) => None,
        };
        Ok(Self { four, six, port, host: host.to_owned() })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Answers requests until the one comes that belongs to this sign-in.
    pub(super) async fn wait(&self, expected: &Expected<'_>) -> Arrival {
        let mut requests = JoinSet::new();
        loop {
            tokio::select! {
                stream = self.connection(), if requests.len() < MOST_CONNECTIONS => {
                    let own = format!("{}:{}", self.host, self.port);
                    let port = self.port;
                    requests.spawn(async move { receive(stream, port, &own).await });
                }
                Some(received) = requests.join_next() => {
                    let Ok(Some((mut stream, request))) = received else { continue };
                    let page = match request {
                        CallbackRequest::Callback(brought) => match expected.judge(&brought) {
                            Judged::Answer(outcome) => return Arrival { stream, outcome },
                            Judged::Unrelated => page::unrelated(),
                        },
                        CallbackRequest::Elsewhere => page::nothing_here(),
                        CallbackRequest::Malformed => page::malformed(),
                    };
                    requests.spawn(async move {
                        answer(&mut stream, &page).await;
                        None
                    });
                }
            }
        }
    }

    async fn connection(&self) -> TcpStream {
        loop {
            match self.accept().await {
                Ok(stream) => return stream,
                Err(error) => {
                    tracing::debug!(%error, "a visitor of the sign-in was lost");
                    tokio::time::sleep(BREATHER).await;
                }
            }
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let six = async {
            match &self.six {
                Some(six) => six.accept().await,
                None => std::future::pending().await,
            }
        };
        let (stream, _) = tokio::select! {
            accepted = self.four.accept() => accepted?,
            accepted = six => accepted?,
        };
        Ok(stream)
    }
}

async fn receive(mut stream: TcpStream, port: u16, own: &str) -> Option<(TcpStream, CallbackRequest)> {
    let request = tokio::time::timeout(PATIENCE, read(&mut stream, port, own)).await.ok()?.ok()??;
    Some((stream, request))
}

/// Writes the page and closes the connection. A client that does not take it changes nothing.
pub(super) async fn answer(stream: &mut TcpStream, page: &Page) {
    let write = async {
        stream.write_all(page.to_http().as_bytes()).await?;
        stream.shutdown().await
    };
    if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, write).await {
        tracing::debug!(%error, "a page of the sign-in was not taken");
    }
}
