//! The byte streams that messages travel on: plain TCP, TLS it accepted, TLS it dialed.

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

/// TLS to whom was connected to.
pub(crate) type Dialed = client::TlsStream<BufReader<TcpStream>>;

/// One side of a pull.
pub enum Stream {
    /// TCP.
    Plain(TcpStream),
    /// TLS with whoever connected.
    Accepted(Box<server::TlsStream<Rewound>>),
    /// TLS to whom was connected to.
    Dialed(Box<Dialed>),
    /// TLS to a registry inside TLS to a proxy.
    Nested(Box<client::TlsStream<Box<Dialed>>>),
}

impl Stream {
    /// The socket itself, when its bytes are the content.
    pub(crate) fn as_plain(&self) -> Option<&TcpStream> {
        match self {
            Self::Plain(socket) => Some(socket),
            Self::Accepted(_) | Self::Dialed(_) | Self::Nested(_) => None,
        }
    }
}

impl Stream {
    /// The socket underneath.
    pub fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Accepted(stream) => stream.get_ref().0.socket.get_ref(),
            Self::Dialed(stream) => stream.get_ref().0.get_ref(),
            Self::Nested(stream) => stream.get_ref().0.get_ref().0.get_ref(),
        }
    }

    /// Whether the other side has not confirmed everything that was sent.
    pub fn has_unacknowledged(&self) -> bool {
        unacknowledged(self.socket()) != Some(0)
    }

    /// Whether the system holds bytes or an end that nobody has been told of yet.
    pub(crate) fn has_unread(&self) -> bool {
        use rustix::net::{RecvFlags, recv};
        let mut byte = [0_u8];
        let looked = recv(self.socket(), &mut byte[..], RecvFlags::PEEK | RecvFlags::DONTWAIT);
        !matches!(looked, Err(rustix::io::Errno::AGAIN))
    }

    /// Closes it so that the other side cannot take the end for a proper one.
    pub fn reset(self) {
        if let Err(error) = self.socket().set_zero_linger() {
            tracing::debug!(%error, "the socket is closed and not reset");
        }
    }
}

/// How many bytes the system still holds for the other side (`SIOCOUTQ`, tcp(7)).
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the standard library does not ask a socket for what is under way")]
fn unacknowledged(socket: &TcpStream) -> Option<u32> {
    use std::os::fd::AsRawFd;
    let mut count: libc::c_int = 0;
    // SAFETY: the descriptor is open for the whole call, and `count` is valid for writes.
    let code = unsafe { libc::ioctl(socket.as_raw_fd(), libc::TIOCOUTQ, &raw mut count) };
    u32::try_from(count).ok().filter(|_| code == 0)
}

#[cfg(not(target_os = "linux"))]
fn unacknowledged(_socket: &TcpStream) -> Option<u32> {
    None
}

/// Whether the other end is closed, or has said that nothing more comes from it. What it has sent ahead stays unread, so
/// only the system can tell.
#[cfg(target_os = "linux")]
pub(crate) fn has_left(socket: &TcpStream) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let mut looked = [PollFd::new(socket, PollFlags::RDHUP)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut looked, Some(&at_once)).is_ok_and(|count| count > 0)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn has_left(_socket: &TcpStream) -> bool {
    false
}

/// A socket whose first bytes were read already and are read again.
pub struct Rewound {
    seen: Vec<u8>,
    at: usize,
    socket: BufReader<TcpStream>,
}

/// A socket for TLS to read from: TLS asks for a quarter of a record at a time, the system is asked for several.
pub fn gathered(socket: TcpStream) -> BufReader<TcpStream> {
    BufReader::with_capacity(128 * 1024, socket)
}

impl Rewound {
    /// `seen` is read again before what the socket brings next.
    pub fn new(seen: Vec<u8>, socket: TcpStream) -> Self {
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
            Self::Nested(stream) => Pin::new(stream).poll_read(cx, out),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Accepted(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Dialed(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Nested(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Accepted(stream) => Pin::new(stream).poll_flush(cx),
            Self::Dialed(stream) => Pin::new(stream).poll_flush(cx),
            Self::Nested(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Accepted(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Dialed(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Nested(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
