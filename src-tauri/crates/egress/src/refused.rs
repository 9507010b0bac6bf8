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
mod tests {
    use std::{
        cell::Cell,
        future::Future,
        pin::pin,
        sync::atomic::{AtomicUsize, Ordering},
        task::Context,
    };

    use super::*;

    thread_local! {
        static LATER: Cell<Duration> = const { Cell::new(Duration::ZERO) };
        static START: Instant = Instant::now();
    }

    fn clock() -> Instant {
        START.with(|start| *start) + LATER.with(Cell::get)
    }

    fn later(time: Duration) {
        LATER.with(|later| later.set(later.get() + time));
    }

    fn proxy(text: &str) -> ProxyUrl {
        ProxyUrl::parse(text).unwrap()
    }

    /// Nobody has to be waited for, or nothing comes.
    fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_wrong_login_rests_for_a_quarter_of_an_hour_or_until_it_changes() {
        let logins = Arc::new(RefusedLogins::default());
        let wrong = proxy("http://ada:wrong@proxy:3128");
        at_once(logins.show(&wrong, clock)).unwrap().unwrap().refused(&wrong, &ProxySource::Direct);
        later(REST.checked_sub(Duration::from_secs(1)).unwrap());
        assert!(at_once(logins.show(&wrong, clock)).unwrap().is_err());
        assert!(logins.rests(&wrong, clock()));
        for other in ["http://ada:right@proxy:3128", "http://ada:wrong@other:3128", "http://proxy:3128"] {
            assert!(at_once(logins.show(&proxy(other), clock)).unwrap().is_ok(), "{other}");
        }
        later(Duration::from_secs(1));
        assert!(at_once(logins.show(&wrong, clock)).unwrap().is_ok());
    }

    #[test]
    fn a_login_is_tried_by_one_connection_before_the_others_show_it() {
        let logins = Arc::new(RefusedLogins::default());
        let shared = proxy("http://ada:x@proxy:3128");
        let first = at_once(logins.show(&shared, clock)).unwrap().unwrap();
        assert!(at_once(logins.show(&shared, clock)).is_none());
        first.accepted(&shared, &ProxySource::Direct);
        let [_second, _third] = [(); 2].map(|()| at_once(logins.show(&shared, clock)).unwrap().unwrap());
        logins.show_untried(&shared, clock).accepted(&shared, &ProxySource::Direct);
        later(TRUST);
        let again = at_once(logins.show(&shared, clock)).unwrap().unwrap();
        assert!(at_once(logins.show(&shared, clock)).is_none());
        // A proxy that says nothing holds up nobody but the first.
        drop(again);
        assert!(at_once(logins.show(&shared, clock)).unwrap().is_ok());
    }

    #[test]
    fn who_waits_for_a_trial_learns_that_the_login_is_wrong() {
        let logins = Arc::new(RefusedLogins::default());
        let wrong = proxy("http://ada:x@proxy:3128");
        let first = at_once(logins.show(&wrong, clock)).unwrap().unwrap();
        let mut second = pin!(logins.show(&wrong, clock));
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        assert!(second.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        first.refused(&wrong, &ProxySource::Direct);
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
        assert!(matches!(second.poll(&mut Context::from_waker(&waker)), Poll::Ready(Err(Resting))));
    }

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl std::task::Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn what_a_proxy_says_to_a_login_is_told_once() {
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&events);
        let logins = Arc::new(RefusedLogins::telling(Box::new(move |proxy, _, accepted| {
            heard.lock().unwrap().push((proxy.address(), accepted));
        })));
        let shared = proxy("http://ada:x@proxy:3128");
        for _ in 0..3 {
            at_once(logins.show(&shared, clock)).unwrap().unwrap().accepted(&shared, &ProxySource::Direct);
        }
        at_once(logins.show(&shared, clock)).unwrap().unwrap().refused(&shared, &ProxySource::Direct);
        let address = "http://proxy:3128".to_owned();
        assert_eq!(*events.lock().unwrap(), [(address.clone(), true), (address, false)]);
    }

    #[test]
    fn only_so_many_logins_are_kept() {
        let logins = Arc::new(RefusedLogins::default());
        let numbered = |n: usize| proxy(&format!("http://ada:{n}@proxy:3128"));
        for n in 0..=MOST {
            at_once(logins.show(&numbered(n), clock))
                .unwrap()
                .unwrap()
                .refused(&numbered(n), &ProxySource::Direct);
        }
        assert!(!logins.rests(&numbered(0), clock()) && logins.rests(&numbered(MOST), clock()));
    }
}
