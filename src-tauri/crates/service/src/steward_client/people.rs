//! Whose pull waits for whose: each user has few places at a time, so that whoever opens connections and asks for logins
//! as fast as can be makes only their own next ones wait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const ROOT: u32 = 0;
/// A pull of some layers at a time.
const EACH: usize = 4;
/// All but root, whose engines serve everybody.
const OTHERS: usize = 16;
const OF_ROOT: usize = 8;

/// What pulls of people wait for.
pub(super) struct People {
    of: Mutex<HashMap<u32, Arc<Semaphore>>>,
    others: Arc<Semaphore>,
    root: Arc<Semaphore>,
}

/// A place until it is dropped.
pub(super) struct Place {
    _held: Vec<OwnedSemaphorePermit>,
}

impl Place {
    /// Waits for one place of each, in this order.
    pub(super) async fn of(places: impl IntoIterator<Item = &Arc<Semaphore>>) -> Self {
        let mut held = Vec::new();
        for places in places {
            // None of them is ever closed.
            held.extend(Arc::clone(places).acquire_owned().await);
        }
        Self { _held: held }
    }
}

impl Default for People {
    fn default() -> Self {
        let [others, root] = [OTHERS, OF_ROOT].map(|places| Arc::new(Semaphore::new(places)));
        Self { of: Mutex::default(), others, root }
    }
}

impl People {
    /// Waits for a place of this user.
    pub(super) async fn place(&self, uid: u32) -> Place {
        match uid {
            ROOT => Place::of([&self.root]).await,
            _ => Place::of([&self.of(uid), &self.others]).await,
        }
    }

    /// A user's places. Those that nobody uses are forgotten.
    fn of(&self, uid: u32) -> Arc<Semaphore> {
        let uid = host::quota::owner(uid);
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if of.len() > OTHERS {
            of.retain(|_, places| Arc::strong_count(places) > 1);
        }
        Arc::clone(of.entry(uid).or_insert_with(|| Arc::new(Semaphore::new(EACH))))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    /// A thousand connections of one user, each asked about, made another user's pull wait for all of them.
    #[tokio::test]
    async fn a_thousand_questions_about_one_user_do_not_hold_up_another_s_pull() {
        let people = Arc::new(People::default());
        let asked: Vec<_> = (0..1000)
            .map(|_| {
                let people = Arc::clone(&people);
                tokio::spawn(async move {
                    let _place = people.place(1001).await;
                    std::future::pending::<()>().await;
                })
            })
            .collect();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        let mut held = Vec::new();
        for uid in [1000, 0, 1000, 0, 1002] {
            held.push(
                timeout(Duration::from_secs(5), people.place(uid)).await.expect("it has places of its own"),
            );
        }
        assert!(timeout(Duration::from_millis(10), people.place(1001)).await.is_err());
        asked.iter().for_each(tokio::task::JoinHandle::abort);
        assert!(timeout(Duration::from_secs(5), people.place(1001)).await.is_ok());
    }
}
