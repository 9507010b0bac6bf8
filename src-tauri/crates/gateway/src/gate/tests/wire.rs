//! A byte stream that can also be reset.

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{client, server};

pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {
    fn socket(&self) -> &TcpStream;

    /// The socket itself, where no TLS is spoken on it.
    fn into_plain(self: Box<Self>) -> Option<TcpStream>;
}

impl Wire for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }

    fn into_plain(self: Box<Self>) -> Option<TcpStream> {
        Some(*self)
    }
}

impl Wire for client::TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }

    fn into_plain(self: Box<Self>) -> Option<TcpStream> {
        None
    }
}

impl Wire for server::TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }

    fn into_plain(self: Box<Self>) -> Option<TcpStream> {
        None
    }
}
