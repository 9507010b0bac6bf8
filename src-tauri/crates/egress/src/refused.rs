//! Logins that a proxy did not accept. Directories lock people out after a few wrong passwords, so each login is
//! tried by one connection first, and one that was not accepted is not shown again for a while.

use std::{
    fmt,
    future::poll_fn,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
    time::{Duration, Instant},
};

use crate::{ProxySource, ProxyUrl};

/// How long a login that was not accepted is not shown again.
pub const REST: Duration = Duration::from_secs(15 * 60);
/// After this time one connection tries a login before the others use it again.
const TRUST: Duration = Duration::from_secs(60);
/// How long the others should wait for the one that tries.
pub const TRIAL: Duration = Duration::from_secs(10);
/// The oldest are forgotten first.
const MOST: usize = 64;

/// Told whenever a proxy accepted (`true`) or did not accept a login that it was not known to.
type Listener = Box<dyn Fn(&ProxyUrl, &ProxySource, bool) + Send + Sync>;

/// What is known of the logins shown to proxies. Keeps no login: each is known by a hash whose key lives in this
/// value alone.
#[derive(Default)]
pub struct RefusedLogins {
    key: RandomState,
    state: Mutex<State>,
    listener: Option<Listener>,
}

#[derive(Default)]
struct State {
    known: Vec<(u64, Known)>,
    waiting: Vec<Waker>,
}

#[derive(Clone, Copy)]
enum Known {
    /// One connection is showing it.
    Trying,
    /// It was accepted, or nothing was said of it, then.
    Shown(Instant),
    Refused(Instant),
}

/// The proxy did not accept this login a while ago, and is not shown it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resting;

/// Leave to show a login once. What the proxy says to it is told to it.
#[must_use]
pub struct Showing(Option<Shown>);

struct Shown {
    logins: Arc<RefusedLogins>,
    hash: u64,
    clock: fn() -> Instant,
    is_trial: bool,
}

impl RefusedLogins {
    /// With somebody who is told.
    pub fn telling(listener: Listener) -> Self {
        Self { listener: Some(listener), ..Self::default() }
    }

    /// Waits for leave to show a proxy its login; without a login there is always leave. A changed login or address
    /// is another one.
    pub async fn show(
        self: &Arc<Self>,
        proxy: &ProxyUrl,
        clock: fn() -> Instant,
    ) -> Result<Showing, Resting> {
        if proxy.login().is_none() {
            return Ok(Showing(None));
        }
        let hash = self.key.hash_one(proxy);
        let is_trial = poll_fn(|context| {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let now = clock();
            match state.known(hash, now) {
                Some(Known::Refused(_)) => Poll::Ready(Err(Resting)),
                Some(Known::Shown(_)) => Poll::Ready(Ok(false)),
                Some(Known::Trying) => {
                    if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                        state.waiting.push(context.waker().clone());
                    }
                    Poll::Pending
                }
                None => {
                    state.learn(hash, Known::Trying);
                    Poll::Ready(Ok(true))
                }
            }
        })
        .await?;
        Ok(Showing(Some(Shown { logins: Arc::clone(self), hash, clock, is_trial })))
    }

    /// Leave for who has waited long enough for the one that is trying.
    pub fn show_untried(self: &Arc<Self>, proxy: &ProxyUrl, clock: fn() -> Instant) -> Showing {
        let hash = self.key.hash_one(proxy);
        let shown = Shown { logins: Arc::clone(self), hash, clock, is_trial: false };
        Showing(proxy.login().is_some().then_some(shown))
    }

    /// Whether the proxy did not accept this login a while ago.
    pub fn rests(&self, proxy: &ProxyUrl, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        proxy.login().is_some()
            && matches!(state.known(self.key.hash_one(proxy), now), Some(Known::Refused(_)))
    }

    fn learned(&self, hash: u64, known: Known) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.learn(hash, known);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl fmt::Debug for RefusedLogins {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RefusedLogins").finish_non_exhaustive()
    }
}

impl State {
    fn known(&mut self, hash: u64, now: Instant) -> Option<Known> {
        self.known.retain(|(_, known)| match known {
            Known::Trying => true,
            Known::Shown(since) => now.saturating_duration_since(*since) < TRUST,
            Known::Refused(since) => now.saturating_duration_since(*since) < REST,
        });
        self.known.iter().find(|(kept, _)| *kept == hash).map(|(_, known)| *known)
    }

    fn learn(&mut self, hash: u64, known: Known) {
        self.known.retain(|(kept, _)| *kept != hash);
        if self.known.len() == MOST {
            self.known.remove(0);
        }
        self.known.push((hash, known));
    }
}

impl Showing {
    /// The proxy accepted the login.
    pub fn accepted(mut self, proxy: &ProxyUrl, source: &ProxySource) {
        let Some(shown) = self.0.take() else { return };
        if shown.is_trial {
            shown.logins.learned(shown.hash, Known::Shown((shown.clock)()));
            shown.tell(proxy, source, true);
        }
    }

    /// The proxy did not accept the login.
    pub fn refused(mut self, proxy: &ProxyUrl, source: &ProxySource) {
        let Some(shown) = self.0.take() else { return };
        shown.logins.learned(shown.hash, Known::Refused((shown.clock)()));
        shown.tell(proxy, source, false);
    }
}

impl Shown {
    fn tell(&self, proxy: &ProxyUrl, source: &ProxySource, accepted: bool) {
        if let Some(listener) = &self.logins.listener {
            listener(proxy, source, accepted);
        }
    }
}

/// Nothing was said of the login: others need not wait any longer.
impl Drop for Showing {
    fn drop(&mut self) {
        if let Some(shown) = self.0.take().filter(|shown| shown.is_trial) {
            shown.logins.learned(shown.hash, Known::Shown((shown.clock)()));
        }
    }
}

impl fmt::Debug for Showing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Showing").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
