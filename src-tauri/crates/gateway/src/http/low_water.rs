//! How much must have come before a reader is woken: the receive low-water mark of socket(7), set on Linux. While a
//! body comes quickly, a wake-up for every few segments costs more than moving them; while it comes slowly, every
//! byte counts.

use std::{
    io,
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, time::timeout};

/// The mark of a socket during one body.
pub(super) struct LowWater {
    pace: Pace,
    is_raised: bool,
    moved: u64,
    since: Instant,
}

/// What a reader is woken for while bytes come quickly, and how long it waits for so many: what takes longer does not
/// come quickly.
struct Pace {
    mark: u64,
    quick: Duration,
}

impl LowWater {
    /// For a body whose length is known, so that its end is not waited for; 25 MiB/s are quick.
    pub(super) fn of_body() -> Self {
        Self::new(Pace { mark: 512 * 1024, quick: Duration::from_millis(20) })
    }

    /// For bytes of which nobody knows where an answer ends, so that its end may be waited for: only 250 MiB/s are
    /// quick, as on the machine itself.
    pub(super) fn of_tunnel() -> Self {
        Self::new(Pace { mark: 256 * 1024, quick: Duration::from_millis(1) })
    }

    /// Every socket begins with a mark of one byte.
    fn new(pace: Pace) -> Self {
        Self { pace, is_raised: false, moved: 0, since: Instant::now() }
    }

    /// Waits for the next bytes, as long as `stall`. `None` says that less than the mark may be there.
    pub(super) async fn wait<T>(
        &self,
        stall: Duration,
        bytes: impl Future<Output = io::Result<T>>,
    ) -> io::Result<Option<T>> {
        match timeout(if self.is_raised { self.pace.quick } else { stall }, bytes).await {
            Ok(result) => result.map(Some),
            Err(_) if self.is_raised => Ok(None),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// So many bytes came, and so many are still to come. Near its end a body is read as it comes: what was read ahead
    /// of TLS may hold the rest of it already.
    pub(super) fn came(&mut self, socket: &TcpStream, count: usize, left: u64) {
        self.moved += count as u64;
        if left < 2 * self.pace.mark {
            self.set(socket, false);
        } else if self.moved >= self.pace.mark {
            self.set(socket, self.since.elapsed() < self.pace.quick);
            self.begin();
        }
    }

    /// The bytes do not come quickly any longer.
    pub(super) fn slow(&mut self, socket: &TcpStream) {
        self.set(socket, false);
        self.begin();
    }

    fn begin(&mut self) {
        self.moved = 0;
        self.since = Instant::now();
    }

    fn set(&mut self, socket: &TcpStream, is_raised: bool) {
        if self.is_raised != is_raised {
            let is_set = mark(socket, if is_raised { self.pace.mark } else { 1 });
            self.is_raised = is_raised && is_set;
        }
    }
}

/// Whether the mark was set.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "no library sets this option")]
fn mark(socket: &TcpStream, bytes: u64) -> bool {
    use std::os::fd::AsRawFd;

    let value = libc::c_int::try_from(bytes).unwrap_or(1);
    let length = libc::socklen_t::try_from(size_of_val(&value)).unwrap_or_default();
    let pointer = (&raw const value).cast();
    let socket = socket.as_raw_fd();
    // SAFETY: the descriptor is open as long as the socket is borrowed, and the pointer leads to `length` bytes.
    unsafe { libc::setsockopt(socket, libc::SOL_SOCKET, libc::SO_RCVLOWAT, pointer, length) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn mark(_socket: &TcpStream, _bytes: u64) -> bool {
    false
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
