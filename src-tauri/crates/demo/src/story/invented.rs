//! Values that look drawn at random, and moments before and after: the same for the same story.

use jiff::{SignedDuration, Timestamp};
use policy::VerdictId;

/// Minutes of an hour and of a day.
pub(super) const HOUR: i64 = 60;
pub(super) const DAY: i64 = 24 * HOUR;

/// So many minutes before a time.
pub(super) fn before(time: Timestamp, minutes: i64) -> Timestamp {
    time.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(time)
}

/// So many minutes after a time.
pub(super) fn after(time: Timestamp, minutes: i64) -> Timestamp {
    before(time, -minutes)
}

/// The time without what is smaller than a second.
pub(super) fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// The beginning of the day.
pub(super) fn midnight(time: Timestamp) -> Timestamp {
    let second = time.as_second();
    Timestamp::from_second(second - second.rem_euclid(86_400)).unwrap_or(time)
}

/// The bits of `pg-7F3A9C2K`.
const FIRST: u64 = 0x3B_C6A4_B053;
/// Odd, so that no two numbers have the same id.
const STRIDE: u64 = 0x9E37_79B9_7F4A_7C15;

/// The id of the verdict of that number.
pub(super) fn id(number: u64) -> VerdictId {
    VerdictId::from_bits(FIRST.wrapping_add(number.wrapping_mul(STRIDE)))
}

/// A digest as registries write it.
pub(super) fn digest(of: &str) -> String {
    format!("sha256:{}", hex(of))
}

/// 64 digits.
pub(super) fn hex(of: &str) -> String {
    let seed = of.bytes().fold(FIRST, |bits, byte| mixed(bits ^ u64::from(byte)));
    (1..=4).map(|word| format!("{:016x}", mixed(seed.wrapping_add(STRIDE.wrapping_mul(word))))).collect()
}

fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_first_id_is_the_one_of_the_manual_and_no_two_are_alike() {
        assert_eq!(id(0).as_str(), "pg-7F3A9C2K");
        let ids: BTreeSet<VerdictId> = (0..10_000).map(id).collect();
        assert_eq!(ids.len(), 10_000);
    }

    #[test]
    fn different_names_have_different_digests_of_the_same_form() {
        let names = ["a", "b", "ab", "a b", ""];
        let digests: BTreeSet<String> = names.into_iter().map(digest).collect();
        assert_eq!(digests.len(), names.len());
        assert!(digests.iter().all(|digest| image_ref::Digest::parse(digest).is_ok()), "{digests:?}");
    }
}
