//! What one user may hold of something that all share. The first to ask for everything leaves something for the others,
//! and the last part is kept for root, whose engines serve everybody.
//!
//! A user who has subordinate ids (subuid(5)) can act under 65,536 numbers more: those of one range count as one user.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use thiserror::Error;

pub use subordinate::{Range, owner, ranges};

/// How much there is of something, in whatever it is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For one user; root is held to `all` alone.
    pub each: usize,
    /// For all together.
    pub all: usize,
    /// The part of `all` that only root gets.
    pub for_root: usize,
}

/// Something that is shared.
#[derive(Debug)]
pub struct Quota {
    limits: Limits,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    of: HashMap<u32, usize>,
}

/// Why no more is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Full {
    /// The user holds what one user may.
    #[error("one user may hold {0}, and this one does")]
    Own(usize),
    /// All together hold what there is.
    #[error("all users together may hold {0}, and they do")]
    All(usize),
}

/// A part that somebody holds; it is given back when dropped.
#[derive(Debug)]
pub struct Share {
    quota: Arc<Quota>,
    holder: u32,
    amount: usize,
}

const ROOT: u32 = 0;
/// What belongs to nobody, or to somebody who cannot be told, counts as one user: `(uid_t) -1` is none.
const NOBODY: u32 = u32::MAX;

impl Quota {
    /// Nothing of it is held.
    #[must_use]
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, held: Mutex::default() })
    }

    /// Takes so much for a user; none is somebody who cannot be told.
    ///
    /// # Errors
    /// The user, or all together, hold too much.
    pub fn take(self: &Arc<Self>, uid: Option<u32>, amount: usize) -> Result<Share, Full> {
        let holder = uid.map_or(NOBODY, subordinate::owner);
        self.add(holder, amount)?;
        Ok(Share { quota: Arc::clone(self), holder, amount })
    }

    /// How much all hold together.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).all
    }

    fn add(&self, holder: u32, amount: usize) -> Result<(), Full> {
        let Limits { each, all, for_root } = self.limits;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.of.get(&holder).copied().unwrap_or_default();
        let (most, most_together) =
            if holder == ROOT { (all, all) } else { (each, all.saturating_sub(for_root)) };
        let fits = |have: usize, most: usize| have.checked_add(amount).is_some_and(|sum| sum <= most);
        if !fits(own, most) {
            return Err(Full::Own(most));
        }
        if !fits(held.all, most_together) {
            return Err(Full::All(most_together));
        }
        held.all += amount;
        *held.of.entry(holder).or_default() += amount;
        Ok(())
    }

    fn release(&self, holder: u32, amount: usize) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.all = held.all.saturating_sub(amount);
        if let Some(own) = held.of.get_mut(&holder) {
            *own = own.saturating_sub(amount);
            if *own == 0 {
                held.of.remove(&holder);
            }
        }
    }
}

/// How many files and sockets this process may have open at a time; `usize::MAX` where the system has no such limit.
#[must_use]
pub fn descriptors() -> usize {
    #[cfg(unix)]
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    let limit: Option<u64> = None;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

impl Share {
    /// Takes so much more for the same holder; what it has already it keeps.
    ///
    /// # Errors
    /// The user, or all together, hold too much.
    pub fn grow(&mut self, amount: usize) -> Result<(), Full> {
        self.quota.add(self.holder, amount)?;
        self.amount += amount;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.quota.release(self.holder, self.amount);
    }
}

mod subordinate {
    //! Whose the user ids of a user namespace are, by `/etc/subuid`. Ranges that a directory hands out are not in it: they
    //! count as users of their own, and only the limit for all holds them.

    use std::{
        path::Path,
        sync::{Mutex, PoisonError},
        time::{Duration, Instant},
    };

    /// User ids that belong to one user besides their own, from the first to the last.
    pub type Range = (u32, u32);

    const FILE: &str = "/etc/subuid";
    /// New ranges come with new accounts.
    const KEEP: Duration = Duration::from_secs(60);
    /// Four times the accounts of a large terminal server.
    const MOST: usize = 4096;
    const MOST_BYTES: u64 = 1 << 20;

    static KNOWN: Mutex<Option<(Instant, Vec<Range>)>> = Mutex::new(None);

    /// The number that stands for whoever acts under this one: the first of the range that it is in, or itself.
    #[must_use]
    pub fn owner(uid: u32) -> u32 {
        if uid == 0 {
            return uid;
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match &*known {
            Some((since, ranges)) if since.elapsed() < KEEP => first_of(ranges, uid),
            Some(_) | None => {
                let ranges = read(Path::new(FILE));
                let found = first_of(&ranges, uid);
                *known = Some((Instant::now(), ranges));
                found
            }
        };
        found.unwrap_or(uid)
    }

    /// Every range of this machine.
    #[must_use]
    pub fn ranges() -> Vec<Range> {
        read(Path::new(FILE))
    }

    fn first_of(ranges: &[Range], uid: u32) -> Option<u32> {
        ranges.iter().find(|(first, last)| (*first..=*last).contains(&uid)).map(|(first, _)| *first)
    }

    fn read(path: &Path) -> Vec<Range> {
        match std::fs::metadata(path) {
            Ok(file) if file.len() <= MOST_BYTES => parse(&std::fs::read_to_string(path).unwrap_or_default()),
            Ok(_) | Err(_) => Vec::new(),
        }
    }

    /// `name:first:count` a line. A range that holds root's number is none.
    fn parse(text: &str) -> Vec<Range> {
        let range = |line: &str| {
            let mut fields = line.split(':').skip(1);
            let first: u32 = fields.next()?.trim().parse().ok()?;
            let count: u32 = fields.next()?.trim().parse().ok()?;
            let last = first.checked_add(count.checked_sub(1)?)?;
            (first > 0).then_some((first, last))
        };
        text.lines().filter_map(range).take(MOST).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn all_numbers_of_a_range_are_one_user() {
            let ranges =
                parse("ada:100000:65536\n1001:165536:65536\n# none\nbad:x:1\nroot:0:5\nmany:4294967295:2\n");
            assert_eq!(ranges, [(100_000, 165_535), (165_536, 231_071)]);
            let of = |uid| first_of(&ranges, uid).unwrap_or(uid);
            assert_eq!(
                [1000, 100_000, 165_535, 165_536, 231_072].map(of),
                [1000, 100_000, 100_000, 165_536, 231_072]
            );
            assert_eq!(owner(0), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { each: 3, all: 8, for_root: 2 };

    #[test]
    fn one_user_cannot_take_what_is_left_for_others_and_all_cannot_take_what_is_root_s() {
        let quota = Quota::new(LIMITS);
        let take = |uid| quota.take(Some(uid), 1);
        let mut held: Vec<Share> = (0..3).map(|_| take(1000).unwrap()).collect();
        assert_eq!(take(1000).unwrap_err(), Full::Own(3));
        held.extend((0..3).map(|_| take(1001).unwrap()));
        assert_eq!(take(1002).unwrap_err(), Full::All(6));
        held.extend((0..2).map(|_| take(ROOT).unwrap()));
        assert_eq!((take(ROOT).unwrap_err(), quota.held()), (Full::All(8), 8));
        held.clear();
        assert_eq!((quota.held(), quota.held.lock().unwrap().of.len()), (0, 0));
    }

    #[test]
    fn who_cannot_be_told_is_one_user_and_not_root() {
        let quota = Quota::new(LIMITS);
        let _held = quota.take(None, 3).unwrap();
        assert_eq!(quota.take(None, 1).unwrap_err(), Full::Own(3));
    }

    #[test]
    fn a_share_grows_within_the_same_limits_and_keeps_what_it_has() {
        let quota = Quota::new(LIMITS);
        let mut share = quota.take(Some(1000), 1).unwrap();
        share.grow(2).unwrap();
        assert_eq!((share.grow(1), share.grow(usize::MAX)), (Err(Full::Own(3)), Err(Full::Own(3))));
        assert_eq!((share.amount, quota.held()), (3, 3));
        drop(share);
        assert_eq!(quota.held(), 0);
    }
}
