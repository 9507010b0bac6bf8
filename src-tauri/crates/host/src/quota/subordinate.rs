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
