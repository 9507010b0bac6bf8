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

/// The turns of all users.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<u32, Weak<Turn>>>);

/// Those of one user.
#[derive(Default)]
struct Turn(Mutex<State>);

#[derive(Default)]
struct State {
    /// A step was made, and the others who were ready by then have not all had theirs.
    rests: bool,
    /// Whose step is next.
    next: Option<u64>,
    waiting: VecDeque<(u64, Waker)>,
    /// How many there were, for their names.
    count: u64,
}

impl Turns {
    /// Does something for a user, step by step in their turn; none is somebody who cannot be told.
    pub(crate) async fn take<F: Future + Send>(&self, uid: Option<u32>, work: F) -> F::Output {
        let uid = uid.map_or(NOBODY, host::quota::owner);
        if uid == ROOT {
            return work.await;
        }
        let turn = self.of(uid);
        let name = turn.name();
        InTurn { turn, name, waits: false, work: Box::pin(work) }.await
    }

    fn of(&self, uid: u32) -> Arc<Turn> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = known.get(&uid).and_then(Weak::upgrade) {
            return turn;
        }
        if known.len() >= KNOWN {
            known.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::default();
        known.insert(uid, Arc::downgrade(&turn));
        turn
    }
}

impl Turn {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn name(&self) -> u64 {
        let mut state = self.state();
        state.count = state.count.wrapping_add(1);
        state.count
    }

    /// Whether this one may make a step now.
    fn begin(&self, name: u64) -> bool {
        let mut state = self.state();
        if state.next == Some(name) {
            state.next = None;
            return true;
        }
        !state.rests
    }

    /// Lets everybody else who is ready go first, then the next one of this user, and so on until nobody waits.
    fn rest(self: &Arc<Self>) {
        if std::mem::replace(&mut self.state().rests, true) {
            return;
        }
        let turn = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                tokio::task::yield_now().await;
                let mut state = turn.state();
                let Some((name, waker)) = state.waiting.pop_front() else {
                    (state.rests, state.next) = (false, None);
                    return;
                };
                state.next = Some(name);
                waker.wake();
            }
        });
    }
}

struct InTurn<F> {
    turn: Arc<Turn>,
    name: u64,
    waits: bool,
    work: Pin<Box<F>>,
}

impl<F: Future> Future for InTurn<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        if !self.turn.begin(self.name) {
            let is_listed =
                self.waits && self.turn.state().waiting.iter().any(|(name, _)| *name == self.name);
            if !is_listed {
                self.turn.state().waiting.push_back((self.name, context.waker().clone()));
                self.waits = true;
            }
            return Poll::Pending;
        }
        self.waits = false;
        let step = self.work.as_mut().poll(context);
        // Whoever is in turn holds it once.
        if Arc::strong_count(&self.turn) > FEW {
            self.turn.rest();
        }
        step
    }
}

/// Who leaves takes no turn.
impl<F> Drop for InTurn<F> {
    fn drop(&mut self) {
        let mut state = self.turn.state();
        state.waiting.retain(|(name, _)| *name != self.name);
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
        let turns = Arc::new(Turns::default());
        let (bobs, adas) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut working = JoinSet::new();
        for _ in 0..256 {
            let (turns, made) = (Arc::clone(&turns), Arc::clone(&bobs));
            working.spawn(async move { turns.take(Some(1001), steps(20, made)).await });
        }
        yield_now().await;
        let before = bobs.load(Ordering::SeqCst);
        turns.take(Some(1000), steps(20, Arc::clone(&adas))).await;
        let meanwhile = bobs.load(Ordering::SeqCst) - before;
        assert!(meanwhile <= 60, "{meanwhile} steps of bob during 20 of ada");
        working.join_all().await;
        assert_eq!((bobs.load(Ordering::SeqCst), adas.load(Ordering::SeqCst)), (256 * 20, 20));
    }

    /// A pull of six layers is not slowed down by a queue behind every step.
    #[tokio::test]
    async fn a_few_connections_of_one_user_are_served_as_they_come() {
        let turns = Arc::new(Turns::default());
        let made = Arc::new(AtomicUsize::new(0));
        let mut working = JoinSet::new();
        for _ in 0..6 {
            let (turns, made) = (Arc::clone(&turns), Arc::clone(&made));
            working.spawn(async move { turns.take(Some(1000), steps(20, made)).await });
        }
        yield_now().await;
        assert_eq!(made.load(Ordering::SeqCst), 6, "each has made its first step in the first round");
        working.join_all().await;
    }

    #[tokio::test]
    async fn whoever_leaves_while_waiting_keeps_nobody_waiting() {
        let turns = Arc::new(Turns::default());
        let made = Arc::new(AtomicUsize::new(0));
        let mut working = JoinSet::new();
        for _ in 0..64 {
            let (turns, made) = (Arc::clone(&turns), Arc::clone(&made));
            working.spawn(async move { turns.take(None, steps(1000, made)).await });
        }
        yield_now().await;
        working.shutdown().await;
        let turns = Arc::clone(&turns);
        let last = turns.take(None, steps(20, Arc::default()));
        assert!(tokio::time::timeout(std::time::Duration::from_secs(10), last).await.is_ok());
    }
}
