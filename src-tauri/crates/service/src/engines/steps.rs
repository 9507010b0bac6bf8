//! What is waited for, told to somebody at a terminal. What is over within a second is not worth a word.

use std::{future::Future, time::Duration};

use tokio::sync::mpsc::UnboundedSender;

const WORTH_TELLING: Duration = Duration::from_secs(1);

/// Where sentences about what is waited for go, if anybody wants them.
#[derive(Clone, Default)]
pub(crate) struct Steps(Option<UnboundedSender<String>>);

impl Steps {
    /// Told to whoever receives them.
    pub(crate) fn to(receiver: UnboundedSender<String>) -> Self {
        Self(Some(receiver))
    }

    /// Waits for the work, and says so once it takes longer.
    pub(super) async fn waiting<T>(&self, sentence: String, work: impl Future<Output = T>) -> T {
        let Some(receiver) = &self.0 else { return work.await };
        tokio::pin!(work);
        match tokio::time::timeout(WORTH_TELLING, &mut work).await {
            Ok(done) => done,
            Err(_) => {
                // Whoever went away does not want to know.
                let _heard = receiver.send(sentence);
                work.await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[tokio::test]
    async fn only_what_takes_longer_is_told() {
        let (sender, mut receiver) = unbounded_channel();
        let steps = Steps::to(sender);
        steps.waiting("short".into(), async {}).await;
        steps.waiting("long".into(), tokio::time::sleep(WORTH_TELLING * 11 / 10)).await;
        drop(steps);
        assert_eq!((receiver.recv().await.as_deref(), receiver.recv().await), (Some("long"), None));
        assert_eq!(Steps::default().waiting("nobody".into(), async { 7 }).await, 7);
    }
}
