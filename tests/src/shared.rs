//! What tests share: a laptop that several use one after the other, and this machine, on which only so many work at once.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Something that tests use one at a time, made for the first of them.
pub struct Shared<T> {
    value: Mutex<Option<T>>,
    make: fn() -> T,
}

impl<T> Shared<T> {
    /// Makes nothing yet.
    pub const fn new(make: fn() -> T) -> Self {
        Self { value: Mutex::new(None), make }
    }

    /// Waits until no other test has it, and until this one may work. A test that failed leaves it to the next.
    pub fn lock(&self) -> SharedGuard<'_, T> {
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        take_turn();
        value.get_or_insert_with(self.make);
        SharedGuard { value }
    }
}

/// What a test has for itself until it ends.
pub struct SharedGuard<'a, T> {
    value: MutexGuard<'a, Option<T>>,
}

impl<T> Deref for SharedGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect("it was made when it was locked")
    }
}

impl<T> DerefMut for SharedGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect("it was made when it was locked")
    }
}

/// Waits until at most as many other tests are at work as this machine has processors: a test waits for
/// something else half of its time. The turn ends with the test's thread.
///
/// There are more threads than turns, so that tests who wait for a shared laptop keep nobody else from working.
pub(crate) fn take_turn() {
    TURN.with_borrow_mut(|turn| {
        turn.get_or_insert_with(Turn::wait);
    });
}

thread_local! {
    static TURN: RefCell<Option<Turn>> = const { RefCell::new(None) };
}

static AT_WORK: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

struct Turn;

impl Turn {
    fn wait() -> Self {
        let limit = 1 + thread::available_parallelism().map_or(2, usize::from);
        let at_work = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner);
        let mut at_work =
            ENDED.wait_while(at_work, |at_work| *at_work >= limit).unwrap_or_else(PoisonError::into_inner);
        *at_work += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *AT_WORK.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_one();
    }
}
