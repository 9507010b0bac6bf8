//! The messages of a routing socket of BSD (route(4)).

const NEW_ROUTE: u8 = 1;
const NEW_ADDRESS: u8 = 12;
/// Where the flags of `rt_msghdr` stand, and the one that says that the way leads through a router.
const FLAGS: usize = 8;
const THROUGH_ROUTER: i32 = 2;

/// Whether a message tells of an address or of a way out.
pub(super) fn tells(message: &[u8]) -> bool {
    let flags = message.get(FLAGS..).and_then(|rest| rest.first_chunk::<4>());
    match message.get(3) {
        Some(&NEW_ADDRESS) => true,
        Some(&NEW_ROUTE) => flags.is_some_and(|flags| i32::from_ne_bytes(*flags) & THROUGH_ROUTER != 0),
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, flags: i32) -> Vec<u8> {
        let mut bytes = vec![92, 0, 5, kind, 4, 0, 0, 0];
        bytes.extend(flags.to_ne_bytes());
        bytes
    }

    #[test]
    fn an_address_and_a_way_through_a_router_are_told() {
        assert!(tells(&message(NEW_ADDRESS, 0)));
        assert!(tells(&message(NEW_ROUTE, 0x803)));
        assert!(!tells(&message(NEW_ROUTE, 0x405)));
        assert!(!tells(&message(2, 0x803)));
    }

    #[test]
    fn what_is_cut_off_tells_nothing() {
        let way = message(NEW_ROUTE, 0x803);
        assert!((0..way.len()).all(|length| !tells(&way[..length])));
    }
}
