//! Moves a body from one side to the other, as it comes.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncWriteExt, copy_bidirectional_with_sizes},
    time::timeout,
};

use super::{
    Body, Connection,
    chunks::Chunks,
    low_water::LowWater,
    receiver::{RelayError, while_there},
};
use crate::stream::Stream;

/// A side that moves no byte for this long is given up.
const STALL: Duration = Duration::from_secs(300);
/// Large enough that system calls do not dominate, small enough for a dozen transfers at once.
const BUFFER: usize = 256 * 1024;

/// So many transfers at a time have a large buffer, 128 MiB together. Those beyond are slower, and none is turned away.
const MOST_LARGE: usize = 512;
const SMALL: usize = 32 * 1024;
static LARGE: AtomicUsize = AtomicUsize::new(0);

/// What a transfer keeps its bytes in between one side and the other.
struct Buffer {
    bytes: Vec<u8>,
    is_large: bool,
}

impl Buffer {
    /// One of that size, or a small one.
    fn of(size: usize) -> Self {
        if size <= SMALL {
            return Self { bytes: vec![0; size], is_large: false };
        }
        let is_large = LARGE.fetch_add(1, Ordering::Relaxed) < MOST_LARGE;
        if !is_large {
            LARGE.fetch_sub(1, Ordering::Relaxed);
        }
        Self { bytes: vec![0; if is_large { size } else { SMALL }], is_large }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.is_large {
            LARGE.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// A copy of a small body, taken in passing.
pub struct Tap {
    bytes: Vec<u8>,
    limit: usize,
    reserve: Box<dyn FnMut(usize) -> bool + Send>,
}

/// Memory for a tap is taken in pieces of this size.
const PIECE: usize = 16 * 1024;

impl Tap {
    /// Of a body of at most `limit` bytes; `reserve` is asked for memory, in bytes, before it is taken.
    pub fn up_to(limit: usize, reserve: impl FnMut(usize) -> bool + Send + 'static) -> Self {
        Self { bytes: Vec::new(), limit, reserve: Box::new(reserve) }
    }

    fn take(&mut self, content: &[u8]) {
        if self.bytes.len() + content.len() <= self.limit && self.make_room(content.len()) {
            self.bytes.extend_from_slice(content);
        } else {
            self.limit = 0;
            self.bytes = Vec::new();
        }
    }

    /// Whether there is memory for so much more, which is taken then.
    fn make_room(&mut self, more: usize) -> bool {
        let before = self.bytes.capacity();
        if before - self.bytes.len() >= more {
            return true;
        }
        let wanted = more.max(PIECE);
        if !(self.reserve)(wanted) {
            return false;
        }
        self.bytes.reserve_exact(wanted);
        true
    }

    /// The whole body, unless it was longer than the limit or there was no memory for it.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        (self.limit > 0).then_some(self.bytes)
    }
}

/// Moves one body behind its head, keeping its framing as it is. What is there already leaves together with the
/// head, so that a small message is one write.
///
/// # Errors
/// One of the two sides failed, or the body is malformed; a part of it may have arrived.
pub async fn relay_body(
    from: &mut Connection,
    to: &mut Stream,
    head: Vec<u8>,
    body: Body,
    mut tap: Option<&mut Tap>,
) -> Result<(), RelayError> {
    match body {
        Body::Empty => write_some(to, &head).await?,
        Body::Length(length) => relay_length(from, to, head, Some(length), &mut tap).await?,
        Body::UntilClose => relay_length(from, to, head, None, &mut tap).await?,
        Body::Chunked => {
            write_some(to, &head).await?;
            relay_chunks(from, to, &mut tap).await?;
        }
    }
    to.flush().await.map_err(RelayError::To)
}

/// Moves the body of a request. Of a chunked one only the content is taken over and framed anew: what else can stand in
/// that framing is read differently by different servers, and nobody judges it. A sender whose body is not whole or not
/// understood [has ended](Connection::has_ended) then.
///
/// # Errors
/// One of the two sides failed, or the body is malformed; a part of it may have arrived.
pub async fn relay_request_body(
    from: &mut Connection,
    to: &mut Stream,
    body: Body,
) -> Result<(), RelayError> {
    let relayed = match body {
        Body::Chunked => reframe_chunks(from, to).await,
        Body::Empty | Body::Length(_) | Body::UntilClose => {
            relay_body(from, to, Vec::new(), body, None).await
        }
    };
    match &relayed {
        Err(RelayError::From(error)) => from.fail(error.kind()),
        Err(RelayError::Chunks) => from.fail(io::ErrorKind::InvalidData),
        Ok(()) | Err(RelayError::To(_)) => {}
    }
    relayed
}

async fn reframe_chunks(from: &mut Connection, to: &mut Stream) -> Result<(), RelayError> {
    let mut chunks = Chunks::default();
    let mut bytes = from.take_ahead(u64::MAX);
    let mut buffer = vec![0; BUFFER / 2];
    loop {
        let mut content = Vec::new();
        let used = chunks.advance(&bytes, &mut |part| content.extend_from_slice(part));
        let used = used.or(Err(RelayError::Chunks))?;
        let mut anew = Vec::new();
        if !content.is_empty() {
            anew.extend_from_slice(format!("{:x}\r\n", content.len()).as_bytes());
            anew.append(&mut content);
            anew.extend_from_slice(b"\r\n");
        }
        if chunks.is_end() {
            from.put_back(&bytes[used..]);
            anew.extend_from_slice(b"0\r\n\r\n");
        }
        write_some(to, &anew).await?;
        if chunks.is_end() {
            return to.flush().await.map_err(RelayError::To);
        }
        let count = read_some(from, &mut buffer, to).await?;
        if count == 0 {
            return Err(RelayError::From(io::ErrorKind::UnexpectedEof.into()));
        }
        bytes.clear();
        bytes.extend_from_slice(&buffer[..count]);
    }
}

/// Reads a whole body that must not be longer than the limit.
///
/// # Errors
/// It is longer, malformed, or did not come whole.
pub async fn read_body(from: &mut Connection, body: Body, limit: usize) -> io::Result<Vec<u8>> {
    let too_long = || io::Error::new(io::ErrorKind::FileTooLarge, "the answer is too long");
    let mut chunks = Chunks::default();
    let mut content = Vec::new();
    let mut left = match body {
        Body::Empty => return Ok(content),
        Body::Length(length) => length,
        Body::Chunked | Body::UntilClose => u64::MAX,
    };
    let mut buffer = vec![0; 16 * 1024];
    let mut bytes = from.take_ahead(left);
    loop {
        if body == Body::Chunked {
            let used = chunks
                .advance(&bytes, &mut |part| content.extend_from_slice(part))
                .map_err(io::Error::other)?;
            from.put_back(&bytes[used..]);
        } else {
            content.extend_from_slice(&bytes);
            left -= bytes.len() as u64;
        }
        if content.len() > limit {
            return Err(too_long());
        }
        if left == 0 || chunks.is_end() {
            return Ok(content);
        }
        let window = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let count = timeout(STALL, from.read_available(&mut buffer[..window])).await??;
        match (count, body) {
            (0, Body::UntilClose) => return Ok(content),
            (0, _) => return Err(io::ErrorKind::UnexpectedEof.into()),
            (..) => bytes = buffer[..count].to_vec(),
        }
    }
}

async fn relay_length(
    from: &mut Connection,
    to: &mut Stream,
    mut head: Vec<u8>,
    length: Option<u64>,
    tap: &mut Option<&mut Tap>,
) -> Result<(), RelayError> {
    let mut left = length.unwrap_or(u64::MAX);
    let ahead = from.take_ahead(left);
    left -= ahead.len() as u64;
    if let Some(tap) = tap {
        tap.take(&ahead);
    }
    head.extend_from_slice(&ahead);
    write_some(to, &head).await?;
    #[cfg(target_os = "linux")]
    if tap.is_none()
        && let (Some(source), Some(sink)) = (from.stream.as_plain(), to.as_plain())
        && let Some(pipe) = super::splice::Pipe::new()
    {
        return super::splice::splice(&pipe, source, sink, length.map(|_| left), STALL).await;
    }
    let mut low = LowWater::of_body();
    let mut held = Buffer::of(usize::try_from(left).map_or(BUFFER, |left| left.min(BUFFER)));
    let buffer = &mut held.bytes;
    while left > 0 {
        let window = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let reading = low.wait(STALL, from.read_available(&mut buffer[..window]));
        let Some(count) = while_there(to.socket(), reading).await? else {
            low.slow(from.stream.socket());
            continue;
        };
        if count == 0 {
            return length.map_or(Ok(()), |_| Err(RelayError::From(io::ErrorKind::UnexpectedEof.into())));
        }
        hand_over(to, &buffer[..count], tap).await?;
        left -= count as u64;
        low.came(from.stream.socket(), count, length.map_or(0, |_| left));
    }
    Ok(())
}

async fn relay_chunks(
    from: &mut Connection,
    to: &mut Stream,
    tap: &mut Option<&mut Tap>,
) -> Result<(), RelayError> {
    let mut chunks = Chunks::default();
    let mut bytes = from.take_ahead(u64::MAX);
    let mut held = Buffer::of(BUFFER / 2);
    let buffer = &mut held.bytes;
    loop {
        let used = chunks.advance(&bytes, &mut |content| {
            if let Some(tap) = tap {
                tap.take(content);
            }
        });
        let used = used.or(Err(RelayError::Chunks))?;
        write_some(to, &bytes[..used]).await?;
        if chunks.is_end() {
            from.put_back(&bytes[used..]);
            return Ok(());
        }
        let count = read_some(from, buffer, to).await?;
        if count == 0 {
            return Err(RelayError::From(io::ErrorKind::UnexpectedEof.into()));
        }
        bytes.clear();
        bytes.extend_from_slice(&buffer[..count]);
    }
}

async fn hand_over(to: &mut Stream, bytes: &[u8], tap: &mut Option<&mut Tap>) -> Result<(), RelayError> {
    if let Some(tap) = tap {
        tap.take(bytes);
    }
    write_some(to, bytes).await
}

async fn read_some(from: &mut Connection, buffer: &mut [u8], to: &Stream) -> Result<usize, RelayError> {
    let reading = timeout(STALL, from.read_available(buffer));
    while_there(to.socket(), async { reading.await? }).await
}

async fn write_some(to: &mut Stream, bytes: &[u8]) -> Result<(), RelayError> {
    match timeout(STALL, to.write_all(bytes)).await {
        Ok(result) => result.map_err(RelayError::To),
        Err(_) => Err(RelayError::To(io::ErrorKind::TimedOut.into())),
    }
}

/// Joins two streams until both have closed; what was read ahead of either goes first.
///
/// # Errors
/// One of them broke.
pub async fn tunnel(a: Connection, b: Connection) -> io::Result<()> {
    let ((ahead_a, mut a), (ahead_b, mut b)) = (a.into_parts(), b.into_parts());
    b.write_all(&ahead_a).await?;
    a.write_all(&ahead_b).await?;
    #[cfg(target_os = "linux")]
    if let (Some(a), Some(b)) = (a.as_plain(), b.as_plain())
        && let (Some(there), Some(back)) = (super::splice::Pipe::new(), super::splice::Pipe::new())
    {
        return super::splice::join(&[there, back], a, b).await;
    }
    let size = Buffer::of(BUFFER / 2).bytes.len();
    copy_bidirectional_with_sizes(&mut a, &mut b, size, size).await.map(drop)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use tokio::{
        io::AsyncReadExt,
        net::{TcpListener, TcpStream},
    };

    use super::*;

    #[test]
    fn beyond_so_many_transfers_buffers_are_small_and_what_ends_gives_its_place_back() {
        let held: Vec<Buffer> = (0..MOST_LARGE + 100).map(|_| Buffer::of(BUFFER)).collect();
        let small = held.iter().filter(|buffer| buffer.bytes.len() == SMALL).count();
        assert!(small >= 100, "{small}");
        drop(held);
        assert_eq!(Buffer::of(BUFFER).bytes.len(), BUFFER);
        assert_eq!(Buffer::of(100).bytes.len(), 100);
    }

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        (client.unwrap(), accepted.unwrap().0)
    }

    async fn passes(mut from: TcpStream, mut to: TcpStream, text: &str) -> (TcpStream, TcpStream) {
        from.write_all(text.as_bytes()).await.unwrap();
        let mut read = vec![0; text.len()];
        to.read_exact(&mut read).await.unwrap();
        assert_eq!(read, text.as_bytes());
        (from, to)
    }

    #[tokio::test]
    #[ignore = "run by `without_a_free_descriptor_bytes_still_pass`, whose limit is the process's"]
    async fn pass_without_a_descriptor() {
        let ((engine, a), (b, host)) = (pair().await, pair().await);
        let ((registry, c), (d, client)) = (pair().await, pair().await);
        let limit = Rlimit { current: Some(0), ..getrlimit(Resource::Nofile) };
        setrlimit(Resource::Nofile, limit).unwrap();
        let [a, b, mut c] = [a, b, c].map(|socket| Connection::new(Stream::Plain(socket)));
        let joined = tokio::spawn(tunnel(a, b));
        let (engine, host) = passes(engine, host, "there").await;
        drop(passes(host, engine, "back").await);
        joined.await.unwrap().unwrap();
        let relayed = tokio::spawn(async move {
            relay_body(&mut c, &mut Stream::Plain(d), Vec::new(), Body::Length(4), None).await
        });
        passes(registry, client, "blob").await;
        relayed.await.unwrap().unwrap();
    }

    /// A blob that a pull was redirected to ended in a bare `EOF`, and one that had begun broke off.
    #[test]
    fn without_a_free_descriptor_bytes_still_pass() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "relay::tests::pass_without_a_descriptor", "--ignored"]);
        let child = child.output().unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && said.contains("1 passed"), "{said}");
    }
}
