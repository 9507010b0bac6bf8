//! One answer for all who ask for the same within a while: what anybody may ask for and takes the steward or an engine
//! long is done once, however many ask.

use std::{future::Future, sync::Arc, time::Duration};

use ipc::{Code, Failure};
use tokio::{sync::Mutex, time::Instant};

/// How often what anybody may ask for is done for people who are not root.
pub(super) const APART: Duration = Duration::from_secs(10);

/// The latest answer.
pub(super) struct Shared<T>(Arc<Mutex<Option<Latest<T>>>>);

struct Latest<T> {
    ended: Instant,
    answer: Result<T, Failure>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone + Send + 'static> Shared<T> {
    /// The answer that ended less than `age` ago, failures included, or else a new one; those who ask while it is made
    /// have it as well. It is made to its end even if whoever asked goes away, so that nobody makes it begin anew.
    pub(super) async fn get(
        &self,
        age: Duration,
        make: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        let mut latest = Arc::clone(&self.0).lock_owned().await;
        if let Some(known) = latest.as_ref().filter(|known| known.ended.elapsed() < age) {
            return known.answer.clone();
        }
        let made = tokio::spawn(async move {
            let answer = make.await;
            *latest = Some(Latest { ended: Instant::now(), answer: answer.clone() });
            answer
        });
        made.await.unwrap_or_else(|error| Err(Failure::new(Code::Failed, error.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::{sync::Semaphore, task::JoinSet};

    use super::*;

    /// Something that takes until it is let, and counts.
    struct Slow {
        runs: AtomicU32,
        let_go: Semaphore,
    }

    fn slow() -> Arc<Slow> {
        Arc::new(Slow { runs: AtomicU32::new(0), let_go: Semaphore::new(0) })
    }

    async fn run(slow: Arc<Slow>) -> Result<u32, Failure> {
        let _gone = slow.let_go.acquire().await;
        Ok(slow.runs.fetch_add(1, Ordering::SeqCst))
    }

    /// 64 × `pullgate engines verify` of one person held up everything that root asked for.
    #[tokio::test]
    async fn sixty_four_who_ask_at_once_make_the_engines_be_asked_once() {
        let (shared, slow) = (Arc::new(Shared::default()), slow());
        let mut asking = JoinSet::new();
        for _ in 0..64 {
            let (shared, slow) = (Arc::clone(&shared), Arc::clone(&slow));
            asking.spawn(async move { shared.get(APART, run(slow)).await.unwrap() });
        }
        tokio::task::yield_now().await;
        slow.let_go.add_permits(1);
        assert!(asking.join_all().await.into_iter().all(|answer| answer == 0));
        assert_eq!(shared.get(APART, run(Arc::clone(&slow))).await, Ok(0));
        assert_eq!(shared.get(Duration::ZERO, run(Arc::clone(&slow))).await, Ok(1));
    }

    #[tokio::test]
    async fn whoever_asks_and_goes_away_makes_nothing_begin_anew() {
        let (shared, slow) = (Shared::default(), slow());
        for _ in 0..64 {
            let asked = shared.get(APART, run(Arc::clone(&slow)));
            assert!(tokio::time::timeout(Duration::from_millis(1), asked).await.is_err());
        }
        slow.let_go.add_permits(1);
        assert_eq!(shared.get(APART, run(Arc::clone(&slow))).await, Ok(0));
        assert_eq!(slow.runs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_failure_is_an_answer_for_everybody_too() {
        let shared: Shared<u32> = Shared::default();
        let failure = Failure::new(Code::StewardUnavailable, "the steward is silent");
        for answer in [failure.clone(), Failure::new(Code::Failed, "asked again")] {
            assert_eq!(shared.get(APART, async { Err(answer) }).await, Err(failure.clone()));
        }
    }
}
