//! Whose turn it is on the thread of the pulls: between two steps of one user's connections everybody else who is ready
//! has one. So whoever has hundreds of connections that all want something has the time of one. A few crowd nobody out,
//! and a pull has no more, so theirs are served as they come.

use std::{
    collections::{HashMap, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
};

/// Engines of root serve everybody, each of them by many connections.
const ROOT: u32 = 0;
const NOBODY: u32 = u32::MAX;
/// Connections of one user that crowd nobody out: an engine fetches three to six layers at once.
const FEW: usize = 16;
/// Users who are not there any longer are forgotten beyond so many.
const KNOWN: usize = 64;

/// One queue for each user.
#[derive(Default)]
pub(crate) struct FairQueue(Mutex<HashMap<u32, Weak<UserQueue>>>);

/// The connections of one user, of which one makes a step at a time while others wait.
#[derive(Default)]
struct UserQueue(Mutex<State>);

#[derive(Default)]
struct State {
    /// A step was made, and the others who were ready by then have not all had theirs.
    is_yielding: bool,
    /// Whose step is next.
    next: Option<u64>,
    waiting: VecDeque<(u64, Waker)>,
    /// How many there were, for their tickets.
    count: u64,
}

impl FairQueue {
    /// Does something for a user, step by step in their turn; none is somebody who cannot be told.
    pub(crate) async fn run<F: Future + Send>(&self, uid: Option<u32>, work: F) -> F::Output {
        let uid = uid.map_or(NOBODY, host::quota::owner);
        if uid == ROOT {
            return work.await;
        }
        let user = self.of(uid);
        let ticket = user.ticket();
        Queued { user, ticket, is_waiting: false, work: Box::pin(work) }.await
    }

    fn of(&self, uid: u32) -> Arc<UserQueue> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(user) = known.get(&uid).and_then(Weak::upgrade) {
            return user;
        }
        if known.len() >= KNOWN {
            known.retain(|_, user| user.strong_count() > 0);
        }
        let user = Arc::default();
        known.insert(uid, Arc::downgrade(&user));
        user
    }
}

impl UserQueue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ticket(&self) -> u64 {
        let mut state = self.state();
        state.count = state.count.wrapping_add(1);
        state.count
    }

    /// Whether this one may make a step now.
    fn may_step(&self, ticket: u64) -> bool {
        let mut state = self.state();
        if state.next == Some(ticket) {
            state.next = None;
            return true;
        }
        !state.is_yielding
    }

    /// Lets everybody else who is ready go first, then the next one of this user, and so on until nobody waits.
    fn yield_to_others(self: &Arc<Self>) {
        if std::mem::replace(&mut self.state().is_yielding, true) {
            return;
        }
        let user = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                tokio::task::yield_now().await;
                let mut state = user.state();
                let Some((ticket, waker)) = state.waiting.pop_front() else {
                    (state.is_yielding, state.next) = (false, None);
                    return;
                };
                state.next = Some(ticket);
                waker.wake();
            }
        });
    }
}

struct Queued<F> {
    user: Arc<UserQueue>,
    ticket: u64,
    is_waiting: bool,
    work: Pin<Box<F>>,
}

impl<F: Future> Future for Queued<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        if !self.user.may_step(self.ticket) {
            let is_listed =
                self.is_waiting && self.user.state().waiting.iter().any(|(ticket, _)| *ticket == self.ticket);
            if !is_listed {
                self.user.state().waiting.push_back((self.ticket, context.waker().clone()));
                self.is_waiting = true;
            }
            return Poll::Pending;
        }
        self.is_waiting = false;
        let step = self.work.as_mut().poll(context);
        // Whoever is in turn holds it once.
        if Arc::strong_count(&self.user) > FEW {
            self.user.yield_to_others();
        }
        step
    }
}

/// Who leaves takes no turn.
impl<F> Drop for Queued<F> {
    fn drop(&mut self) {
        let mut state = self.user.state();
        state.waiting.retain(|(ticket, _)| *ticket != self.ticket);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::task::{JoinSet, yield_now};

    use super::*;

    /// Steps that are ready at once, and are counted.
    async fn steps(many: usize, made: Arc<AtomicUsize>) {
        for _ in 0..many {
            made.fetch_add(1, Ordering::SeqCst);
            yield_now().await;
        }
    }

    #[tokio::test]
    async fn hundreds_of_connections_of_one_user_have_the_time_of_one() {
        let queue = Arc::new(FairQueue::default());
        let (bobs, adas) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut working = JoinSet::new();
        for _ in 0..256 {
            let (queue, made) = (Arc::clone(&queue), Arc::clone(&bobs));
            working.spawn(async move { queue.run(Some(1001), steps(20, made)).await });
        }
        yield_now().await;
        let before = bobs.load(Ordering::SeqCst);
        queue.run(Some(1000), steps(20, Arc::clone(&adas))).await;
        let meanwhile = bobs.load(Ordering::SeqCst) - before;
        assert!(meanwhile <= 60, "{meanwhile} steps of bob during 20 of ada");
        working.join_all().await;
        assert_eq!((bobs.load(Ordering::SeqCst), adas.load(Ordering::SeqCst)), (256 * 20, 20));
    }

    /// A pull of six layers is not slowed down by a queue behind every step.
    #[tokio::test]
    async fn a_few_connections_of_one_user_are_served_as_they_come() {
        let queue = Arc::new(FairQueue::default());
        let made = Arc::new(AtomicUsize::new(0));
        let mut working = JoinSet::new();
        for _ in 0..6 {
            let (queue, made) = (Arc::clone(&queue), Arc::clone(&made));
            working.spawn(async move { queue.run(Some(1000), steps(20, made)).await });
        }
        yield_now().await;
        assert_eq!(made.load(Ordering::SeqCst), 6, "each has made its first step in the first round");
        working.join_all().await;
    }

    #[tokio::test]
    async fn whoever_goes_while_waiting_keeps_nobody_waiting() {
        let queue = Arc::new(FairQueue::default());
        let made = Arc::new(AtomicUsize::new(0));
        let mut working = JoinSet::new();
        for _ in 0..64 {
            let (queue, made) = (Arc::clone(&queue), Arc::clone(&made));
            working.spawn(async move { queue.run(None, steps(1000, made)).await });
        }
        yield_now().await;
        working.shutdown().await;
        let queue = Arc::clone(&queue);
        let last = queue.run(None, steps(20, Arc::default()));
        assert!(tokio::time::timeout(std::time::Duration::from_secs(10), last).await.is_ok());
    }
}
