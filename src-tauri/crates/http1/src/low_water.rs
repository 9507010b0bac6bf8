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
mod tests {
    use std::future::pending;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use tokio::{
        io::{AsyncWriteExt, Interest},
        net::TcpListener,
    };

    use super::*;

    const WHOLE: usize = 512 * 1024;
    const STALL: Duration = Duration::from_secs(300);

    /// What one end writes and the other is woken for.
    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let writer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let reader = listener.accept().await.unwrap().0;
        // A new socket counts as readable until a read has found nothing.
        assert_eq!(reader.try_read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        (writer, reader)
    }

    /// Whether the kernel wakes whoever reads within a time.
    fn is_woken(reader: &TcpStream, within: Duration) -> bool {
        let within = Timespec::try_from(within).unwrap();
        poll(&mut [PollFd::new(reader, PollFlags::IN)], Some(&within)).unwrap() == 1
    }

    async fn read(reader: &TcpStream) -> io::Result<usize> {
        reader.async_io(Interest::READABLE, || reader.try_read(&mut [0; 64])).await
    }

    #[tokio::test]
    async fn a_body_that_comes_quickly_wakes_its_reader_seldom_and_its_end_at_once() {
        let (mut writer, reader) = pair().await;
        let mut low = LowWater::of_body();
        low.came(&reader, WHOLE, u64::MAX);
        assert!(low.is_raised);
        writer.write_all(b"a few bytes").await.unwrap();
        assert!(!is_woken(&reader, low.pace.quick));
        low.came(&reader, 1, WHOLE as u64);
        assert!(!low.is_raised && is_woken(&reader, STALL));
    }

    #[tokio::test]
    async fn what_comes_slowly_is_read_as_it_comes() {
        for mut low in [LowWater::of_body(), LowWater::of_tunnel()] {
            let (mut writer, reader) = pair().await;
            low.since = Instant::now().checked_sub(low.pace.quick).unwrap();
            low.came(&reader, WHOLE, u64::MAX);
            assert!(!low.is_raised);
            low.came(&reader, WHOLE, u64::MAX);
            assert!(low.is_raised);

            writer.write_all(b"a few bytes").await.unwrap();
            assert_eq!(low.wait(STALL, read(&reader)).await.unwrap(), None);
            low.slow(&reader);
            assert_eq!(low.wait(STALL, read(&reader)).await.unwrap(), Some(11));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_side_that_says_nothing_is_given_up_in_the_end() {
        let error = LowWater::of_body().wait(STALL, pending::<io::Result<()>>()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
