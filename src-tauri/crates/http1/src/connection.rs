//! A stream with the bytes that were read ahead of it.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncReadExt, ReadBuf},
    time::{Instant, timeout},
};

use super::request::HEAD_LIMIT;
use crate::stream::Stream;

/// One HTTP/1.1 connection.
pub struct Connection {
    /// What bytes are written to; reading goes by the methods, which know what was read ahead.
    pub stream: Stream,
    ahead: Vec<u8>,
    /// An error that came right behind bytes; systems tell it once.
    failed: Option<io::Error>,
}

/// Why no further head could be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The other side closed between two messages.
    #[error("the connection was closed")]
    Closed,
    /// The head is longer than the limit.
    #[error("the head is longer than 32 KiB")]
    TooLong,
    /// Nothing came in time.
    #[error("nothing came for {0:?}")]
    Silent(Duration),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
}

/// The rest of a head that has begun must follow within this time.
pub const HEAD_TIME: Duration = Duration::from_secs(30);
const PIECE: usize = 4096;

impl Connection {
    /// Of a stream of which nothing was read yet.
    pub fn new(stream: Stream) -> Self {
        Self { stream, ahead: Vec::new(), failed: None }
    }

    /// What was read ahead and the stream itself.
    pub fn into_parts(self) -> (Vec<u8>, Stream) {
        (self.ahead, self.stream)
    }

    /// Whether nothing has come that nobody asked for: not a byte, and not the end.
    pub fn is_quiet(&mut self) -> bool {
        let mut byte = [0];
        let mut window = ReadBuf::new(&mut byte);
        let mut look = Context::from_waker(Waker::noop());
        self.ahead.is_empty()
            && self.failed.is_none()
            && Pin::new(&mut self.stream).poll_read(&mut look, &mut window).is_pending()
            && !self.stream.has_unread()
    }

    /// Waits for anything from the other side, its end included; nothing of it is taken from what is read next.
    pub async fn speaks_within(&mut self, time: Duration) -> bool {
        if !self.ahead.is_empty() || self.failed.is_some() {
            return true;
        }
        let mut piece = [0; PIECE];
        match timeout(time, self.stream.read(&mut piece)).await {
            Err(_) => return false,
            Ok(Ok(0)) => self.failed = Some(io::ErrorKind::UnexpectedEof.into()),
            Ok(Ok(count)) => self.ahead.extend_from_slice(&piece[..count]),
            Ok(Err(error)) => self.failed = Some(error),
        }
        true
    }

    /// Whether the other side has ended the connection, as far as this side has read.
    pub fn has_ended(&self) -> bool {
        self.failed.is_some()
    }

    /// Whether what the other side sent last is no proper message, so that nothing behind it can be understood.
    pub fn is_malformed(&self) -> bool {
        self.failed.as_ref().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
    }

    /// Nothing more is read from it, since what it sent last was not whole or not understood.
    pub(crate) fn fail(&mut self, kind: io::ErrorKind) {
        self.failed = Some(kind.into());
    }

    /// Waits until the other side ends the connection, for as long as it says little; what it says is read next.
    pub async fn ended(&mut self) {
        while self.failed.is_none() {
            if self.ahead.len() >= PIECE {
                return std::future::pending().await;
            }
            let mut piece = [0; 512];
            match self.stream.read(&mut piece).await {
                Ok(0) => self.failed = Some(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.ahead.extend_from_slice(&piece[..count]),
                Err(error) => self.failed = Some(error),
            }
        }
    }

    /// Reads one head with its empty line; waits up to `idle` for its first byte.
    ///
    /// # Errors
    /// No whole head of at most 32 KiB came in time.
    pub async fn read_head(&mut self, idle: Duration) -> Result<Vec<u8>, ReadError> {
        if let Some(error) = self.failed.take() {
            return Err(error.into());
        }
        let mut scanned = 0;
        let mut patience = if self.ahead.is_empty() { idle } else { HEAD_TIME };
        let mut begun = Instant::now();
        loop {
            if let Some(end) = head_end(&self.ahead, scanned) {
                let rest = self.ahead.split_off(end);
                return Ok(std::mem::replace(&mut self.ahead, rest));
            }
            if self.ahead.len() > HEAD_LIMIT {
                return Err(ReadError::TooLong);
            }
            scanned = self.ahead.len();
            let mut piece = [0; PIECE];
            let left = patience.saturating_sub(begun.elapsed());
            let count = timeout(left, self.stream.read(&mut piece))
                .await
                .map_err(|_| ReadError::Silent(patience))??;
            if scanned == 0 {
                patience = HEAD_TIME;
                begun = Instant::now();
            }
            match (count, scanned) {
                (0, 0) => return Err(ReadError::Closed),
                (0, _) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                (..) => self.ahead.extend_from_slice(&piece[..count]),
            }
        }
    }

    /// Takes up to `most` of the bytes that were read ahead.
    pub(crate) fn take_ahead(&mut self, most: u64) -> Vec<u8> {
        let count = usize::try_from(most).map_or(self.ahead.len(), |most| most.min(self.ahead.len()));
        let rest = self.ahead.split_off(count);
        std::mem::replace(&mut self.ahead, rest)
    }

    /// Gives back bytes that belong to the next message.
    pub fn put_back(&mut self, bytes: &[u8]) {
        self.ahead.splice(..0, bytes.iter().copied());
    }

    /// Reads until the buffer is full or nothing more is there; 0 is the end of the stream.
    ///
    /// TLS hands out one record (16 KiB) a read; gathering several saves a system call each on the other side.
    pub(crate) async fn read_available(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut filled = 0;
        poll_fn(|cx| {
            while filled < buffer.len() {
                let mut window = ReadBuf::new(&mut buffer[filled..]);
                match Pin::new(&mut self.stream).poll_read(cx, &mut window) {
                    Poll::Ready(Ok(())) if window.filled().is_empty() => break,
                    Poll::Ready(Ok(())) => filled += window.filled().len(),
                    Poll::Ready(Err(error)) if filled == 0 => return Poll::Ready(Err(error)),
                    Poll::Ready(Err(error)) => {
                        self.failed = Some(error);
                        break;
                    }
                    Poll::Pending if filled == 0 => return Poll::Pending,
                    Poll::Pending => break,
                }
            }
            Poll::Ready(Ok(filled))
        })
        .await
    }
}

/// The end of the first empty line, however its lines are ended: strictness is the parser's.
fn head_end(bytes: &[u8], scanned: usize) -> Option<usize> {
    memchr::memchr_iter(b'\n', &bytes[scanned..]).map(|at| scanned + at).find_map(|at| {
        let line = &bytes[..at];
        let before = line.strip_suffix(b"\r").unwrap_or(line);
        before.ends_with(b"\n").then_some(at + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_at_its_first_empty_line() {
        assert_eq!(head_end(b"GET / HTTP/1.1\r\nA: b\r\n\r\nbody", 0), Some(24));
        assert_eq!(head_end(b"GET / HTTP/1.1\nA: b\n\nbody", 7), Some(21));
        assert_eq!(head_end(b"GET / HTTP/1.1\r\nA: b\r\n", 0), None);
    }
}
