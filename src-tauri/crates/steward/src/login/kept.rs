//! Logins that were read a moment ago, each for the process it was read for: an engine opens many connections for one
//! image, and a helper may take seconds.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use credentials::Found;
use ipc::Failure;
use steward_protocol::LoginFinder;
use tokio::sync::Mutex;

/// Whose process, when it was started, and what it asks for.
pub(super) type Key = (u32, Option<u32>, u64, String, LoginFinder, bool);

type Slot = Arc<Mutex<Option<(Instant, Found)>>>;

/// A login that was changed meanwhile counts after this.
const KEEP: Duration = Duration::from_secs(20);
const MOST: usize = 256;

/// The logins.
#[derive(Default)]
pub(crate) struct Kept(std::sync::Mutex<HashMap<Key, Slot>>);

impl Kept {
    /// What is kept, or what reading brings; whoever asks for the same meanwhile waits for it.
    pub(super) async fn or_read<Reading>(
        &self,
        key: Key,
        read: impl FnOnce() -> Reading,
    ) -> Result<Found, Failure>
    where
        Reading: Future<Output = Result<Found, Failure>>,
    {
        let slot = self.slot(key);
        let mut slot = slot.lock().await;
        if let Some((since, found)) = &*slot
            && since.elapsed() < KEEP
        {
            return Ok(found.clone());
        }
        let found = read().await?;
        *slot = found.login.is_some().then(|| (Instant::now(), found.clone()));
        Ok(found)
    }

    fn slot(&self, key: Key) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is locked is being read.
        slots.retain(|_, slot| {
            slot.try_lock()
                .map_or(true, |kept| kept.as_ref().is_some_and(|(since, _)| since.elapsed() < KEEP))
        });
        if slots.len() >= MOST {
            return Slot::default();
        }
        Arc::clone(slots.entry(key).or_default())
    }
}

/// Nothing of the logins.
impl fmt::Debug for Kept {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Kept").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use secret::Secret;
    use steward_protocol::{Login, LoginKind};

    use super::*;

    fn key(process: u32) -> Key {
        (1000, Some(process), 7, "docker.io".to_owned(), LoginFinder::ContainersImage, false)
    }

    fn found() -> Found {
        let secret = Secret::new("s".to_owned());
        Found {
            login: Some(Login { username: "ada".to_owned(), secret, kind: LoginKind::Password }),
            failure: None,
        }
    }

    #[tokio::test]
    async fn the_connections_of_one_process_ask_once_and_another_process_for_itself() {
        let (kept, asked) = (Kept::default(), AtomicU32::new(0));
        let read = |answer: Found| {
            asked.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::task::yield_now().await;
                Ok(answer)
            }
        };
        let (one, two) =
            tokio::join!(kept.or_read(key(1), || read(found())), kept.or_read(key(1), || read(found())));
        assert_eq!((one, two), (Ok(found()), Ok(found())));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        kept.or_read(key(2), || read(found())).await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_login_that_was_missing_is_looked_for_again() {
        let kept = Kept::default();
        assert_eq!(kept.or_read(key(1), || async { Ok(Found::default()) }).await, Ok(Found::default()));
        assert_eq!(kept.or_read(key(1), || async { Ok(found()) }).await, Ok(found()));
    }
}
