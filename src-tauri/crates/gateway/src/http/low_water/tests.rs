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
