//! The engine's side of TLS.

use std::{io, sync::Arc, time::Duration};

use http1::{Connection, Rewound, Stream};
use rustls::{ServerConfig, server::Acceptor};
use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};
use tokio_rustls::LazyConfigAcceptor;

use crate::ports::CertificateError;

/// Records gathered before a write: fewer system calls for blobs, bounded memory for each connection.
pub(crate) const SEND_BUFFER: usize = 256 * 1024;

const HANDSHAKE_TIME: Duration = Duration::from_secs(30);
const HELLO_LIMIT: usize = 16 * 1024;

/// A ClientHello was read; the configuration may depend on the name it carries.
pub(crate) struct Hello {
    handshake: tokio_rustls::StartHandshake<Rewound>,
}

impl Hello {
    /// Reads the ClientHello of a connection.
    pub(crate) async fn read(connection: Connection) -> io::Result<Self> {
        let (ahead, Stream::Plain(socket)) = connection.into_parts() else {
            return Err(io::Error::other("TLS inside TLS"));
        };
        let acceptor = LazyConfigAcceptor::new(Acceptor::default(), Rewound::new(ahead, socket));
        let handshake = timeout(HANDSHAKE_TIME, acceptor).await??;
        Ok(Self { handshake })
    }

    /// The name the client wants to speak to; absent for addresses.
    pub(crate) fn server_name(&self) -> Option<String> {
        self.handshake.client_hello().server_name().map(str::to_ascii_lowercase)
    }

    /// Finishes the handshake.
    pub(crate) async fn accept(self, config: Arc<ServerConfig>) -> io::Result<Connection> {
        let handshake = self.handshake.into_stream(config);
        let mut stream = timeout(HANDSHAKE_TIME, handshake).await??;
        stream.get_mut().1.set_buffer_limit(Some(SEND_BUFFER));
        Ok(Connection::new(Stream::Accepted(Box::new(stream))))
    }
}

/// What a ClientHello says, read without taking part in the handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The name of the server; absent for addresses.
    pub(crate) name: Option<String>,
    /// Whether the client speaks HTTP/1.1, as every client of registries does. One that offers protocols without it
    /// speaks gRPC.
    pub(crate) speaks_http1: bool,
}

/// Reads a ClientHello; the bytes stay in front of the stream.
pub(crate) async fn peek(connection: Connection) -> io::Result<(Wanted, Connection)> {
    let (mut seen, mut stream) = connection.into_parts();
    let mut piece = [0; 4096];
    loop {
        let mut acceptor = Acceptor::default();
        acceptor.read_tls(&mut seen.as_slice())?;
        match acceptor.accept() {
            Ok(Some(accepted)) => {
                let hello = accepted.client_hello();
                let name = hello.server_name().map(str::to_ascii_lowercase);
                let speaks_http1 =
                    hello.alpn().is_none_or(|mut offered| offered.any(|protocol| protocol == b"http/1.1"));
                let mut connection = Connection::new(stream);
                connection.put_back(&seen);
                return Ok((Wanted { name, speaks_http1 }, connection));
            }
            Ok(None) if seen.len() < HELLO_LIMIT => {}
            Ok(None) | Err(_) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "not a TLS ClientHello"));
            }
        }
        let count = timeout(HANDSHAKE_TIME, stream.read(&mut piece)).await??;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        seen.extend_from_slice(&piece[..count]);
    }
}

/// The configuration of a server with one certificate, speaking HTTP/1.1 only.
pub fn server_config(
    chain: Vec<Vec<u8>>,
    key_pkcs8: Vec<u8>,
    host: &str,
) -> Result<Arc<ServerConfig>, CertificateError> {
    let fail = |error: rustls::Error| CertificateError { host: host.to_owned(), why: error.to_string() };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = chain.into_iter().map(rustls::pki_types::CertificateDer::from).collect();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key_pkcs8);
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(fail)?
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .map_err(fail)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Small answers leave at once.
pub(crate) fn no_delay(socket: &TcpStream) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "the socket keeps Nagle's delay");
    }
}
