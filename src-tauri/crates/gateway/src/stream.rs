//! The byte streams the gateway speaks on: plain TCP, TLS it accepted, TLS it dialed.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, BufReader, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{client, server};

/// One side of a pull.
pub(crate) enum Stream {
    Plain(TcpStream),
    Accepted(Box<server::TlsStream<Rewound>>),
    Dialed(Box<client::TlsStream<BufReader<TcpStream>>>),
}

impl Stream {
    /// The socket itself, when its bytes are the content.
    pub(crate) fn as_plain(&self) -> Option<&TcpStream> {
        match self {
            Self::Plain(socket) => Some(socket),
            Self::Accepted(_) | Self::Dialed(_) => None,
        }
    }
}

impl Stream {
    /// The socket underneath.
    pub(crate) fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Accepted(stream) => stream.get_ref().0.socket.get_ref(),
            Self::Dialed(stream) => stream.get_ref().0.get_ref(),
        }
    }

    /// Closes it so that the other side cannot take the end for a proper one.
    pub(crate) fn reset(self) {
        if let Err(error) = self.socket().set_zero_linger() {
            tracing::debug!(%error, "the socket is closed and not reset");
        }
    }
}

/// A socket whose first bytes were read already and are read again.
pub(crate) struct Rewound {
    seen: Vec<u8>,
    at: usize,
    socket: BufReader<TcpStream>,
}

/// A socket for TLS to read from: TLS asks for a quarter of a record at a time, the system is asked for several.
pub(crate) fn gathered(socket: TcpStream) -> BufReader<TcpStream> {
    BufReader::with_capacity(128 * 1024, socket)
}

impl Rewound {
    pub(crate) fn new(seen: Vec<u8>, socket: TcpStream) -> Self {
        Self { seen, at: 0, socket: gathered(socket) }
    }
}

impl AsyncRead for Rewound {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.at < self.seen.len() {
            let count = out.remaining().min(self.seen.len() - self.at);
            out.put_slice(&self.seen[self.at..self.at + count]);
            self.at += count;
            if self.at == self.seen.len() {
                self.seen = Vec::new();
                self.at = 0;
            }
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.socket).poll_read(cx, out)
    }
}

impl AsyncWrite for Rewound {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, out),
            Self::Accepted(stream) => Pin::new(stream).poll_read(cx, out),
            Self::Dialed(stream) => Pin::new(stream).poll_read(cx, out),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Accepted(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Dialed(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Accepted(stream) => Pin::new(stream).poll_flush(cx),
            Self::Dialed(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Accepted(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Dialed(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
