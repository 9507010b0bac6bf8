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
