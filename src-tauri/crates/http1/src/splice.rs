//! Linux: moves bytes between two sockets inside the kernel, by splice(2) through a pipe.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    time::Duration,
};

use rustix::{
    net::{Shutdown, shutdown},
    pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with},
};
use tokio::{io::Interest, net::TcpStream, time::timeout};

use super::{
    low_water::LowWater,
    receiver::{RelayError, while_there},
};

/// Asked of the kernel for each pipe; less is used where a person's pipe budget is spent (pipe(7)).
const PIPE: usize = 1 << 20;

/// Moves `length` bytes, or all until the sender closes.
pub(crate) async fn splice(
    pipe: &Pipe,
    from: &TcpStream,
    to: &TcpStream,
    length: Option<u64>,
    stall: Duration,
) -> Result<(), RelayError> {
    let mut left = length.unwrap_or(u64::MAX);
    let mut low = LowWater::of_body();
    while left > 0 {
        let want = usize::try_from(left).map_or(PIPE, |left| left.min(PIPE));
        let Some(count) = while_there(to, low.wait(stall, pipe.fill(from, want))).await? else {
            low.slow(from);
            continue;
        };
        if count == 0 {
            return length.map_or(Ok(()), |_| Err(RelayError::From(io::ErrorKind::UnexpectedEof.into())));
        }
        patient(stall, pipe.drain(to, count)).await.map_err(RelayError::To)?;
        left -= count as u64;
        low.came(from, count, length.map_or(0, |_| left));
    }
    Ok(())
}

/// Joins two sockets until both directions have ended; each end is passed on by itself.
pub(crate) async fn join(pipes: &[Pipe; 2], a: &TcpStream, b: &TcpStream) -> io::Result<()> {
    tokio::try_join!(one_way(&pipes[0], a, b), one_way(&pipes[1], b, a)).map(drop)
}

async fn one_way(pipe: &Pipe, from: &TcpStream, to: &TcpStream) -> io::Result<()> {
    let mut low = LowWater::of_tunnel();
    loop {
        let Some(count) = low.wait(Duration::MAX, pipe.fill(from, PIPE)).await? else {
            low.slow(from);
            continue;
        };
        if count == 0 {
            return Ok(shutdown(to.as_fd(), Shutdown::Write)?);
        }
        pipe.drain(to, count).await?;
        low.came(from, count, u64::MAX);
    }
}

async fn patient<T>(stall: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(stall, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// What bytes rest in on their way.
pub(crate) struct Pipe {
    out: OwnedFd,
    into: OwnedFd,
}

impl Pipe {
    /// None without two free descriptors: then bytes are moved without it.
    pub(crate) fn new() -> Option<Self> {
        let made = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK);
        let made = made.inspect_err(|error| tracing::debug!(%error, "bytes are moved without a pipe"));
        let (out, into) = made.ok()?;
        if let Err(error) = fcntl_setpipe_size(&into, PIPE) {
            tracing::debug!(%error, "the pipe keeps its standard size");
        }
        Some(Self { out, into })
    }

    async fn fill(&self, from: &TcpStream, want: usize) -> io::Result<usize> {
        from.async_io(Interest::READABLE, || Ok(splice_once(from, &self.into, want)?)).await
    }

    async fn drain(&self, to: &TcpStream, mut count: usize) -> io::Result<()> {
        while count > 0 {
            count -= to.async_io(Interest::WRITABLE, || Ok(splice_once(&self.out, to, count)?)).await?;
        }
        Ok(())
    }
}

fn splice_once(from: impl AsFd, to: impl AsFd, count: usize) -> rustix::io::Result<usize> {
    rustix::pipe::splice(from, None, to, None, count, SpliceFlags::MOVE | SpliceFlags::NONBLOCK)
}
