//! Whether anything is in work: the steward ends when nothing is, and has not been for a while.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

/// What is in work.
#[derive(Clone, Debug, Default)]
pub(super) struct InFlight {
    running: watch::Sender<usize>,
}

/// One thing in work, until it is dropped.
#[derive(Debug)]
pub(super) struct Task(watch::Sender<usize>);

impl InFlight {
    /// Something begins.
    pub(super) fn begin(&self) -> Task {
        self.running.send_modify(|running| *running += 1);
        Task(self.running.clone())
    }

    /// Returns once nothing was in work for this long.
    pub(super) async fn quiet_for(&self, time: Duration) {
        let mut running = self.running.subscribe();
        loop {
            self.finish().await;
            running.mark_unchanged();
            let anything = timeout(time, running.changed()).await.is_ok();
            if !anything && *running.borrow() == 0 {
                return;
            }
        }
    }

    /// Returns once nothing is in work.
    pub(super) async fn finish(&self) {
        let mut running = self.running.subscribe();
        // The sender is this one.
        drop(running.wait_for(|running| *running == 0).await);
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running = running.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, pin::pin, task::Poll};

    use super::*;

    async fn is_ready(mut future: std::pin::Pin<&mut impl Future<Output = ()>>) -> bool {
        std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
    }

    #[tokio::test]
    async fn work_is_finished_when_the_last_task_ends() {
        let work = InFlight::default();
        let (first, second) = (work.begin(), work.begin());
        let mut finished = pin!(work.finish());
        assert!(!is_ready(finished.as_mut()).await);
        drop(first);
        assert!(!is_ready(finished.as_mut()).await);
        drop(second);
        finished.await;
    }

    #[tokio::test]
    async fn it_is_not_quiet_while_something_is_in_work() {
        let work = InFlight::default();
        let task = work.begin();
        let mut quiet = pin!(work.quiet_for(Duration::ZERO));
        assert!(!is_ready(quiet.as_mut()).await);
        drop(task);
        quiet.await;
    }

    #[tokio::test]
    async fn anything_in_between_makes_the_quiet_begin_anew() {
        let work = InFlight::default();
        let mut quiet = pin!(work.quiet_for(Duration::from_secs(3600)));
        assert!(!is_ready(quiet.as_mut()).await);
        let task = work.begin();
        assert!(!is_ready(quiet.as_mut()).await);
        let mut finished = pin!(work.finish());
        assert!(!is_ready(finished.as_mut()).await);
        drop(task);
        assert!(!is_ready(quiet.as_mut()).await);
    }
}
