//! Requests and answers over connections that are used again, beside a model that knows what is left on each wire.

use std::{cell::Cell, rc::Rc, time::Duration};

use http1::{Body, Reply};

use crate::upstream::{
    Destination, Scheme,
    exchange::is_even,
    pool::{KEEP, MOST, PER_DESTINATION, Pool, Waiting},
};

/// One connection, as its server knows it.
struct Wire {
    host: u8,
    /// Whose pool it was opened for: those who show the same certificates have one.
    opened_for: u8,
    /// Whether the server has said something more, or has closed; it may do so at any time.
    speaks: Rc<Cell<bool>>,
    /// Whether the server may take what it was sent for more than one request, or ends its answer elsewhere.
    is_left_uneven: bool,
}

impl Waiting for Wire {
    fn is_quiet(&mut self) -> bool {
        !self.speaks.get()
    }
}

/// Four bytes are a step: who asks and where; the method and the answer; how both end; and what happens meanwhile.
pub(super) fn pool(input: &[u8]) {
    let pools: [Pool<Wire>; 3] = std::array::from_fn(|_| Pool::default());
    let mut all: Vec<Rc<Cell<bool>>> = Vec::new();
    let mut now = Duration::from_secs(1);
    for step in input.chunks_exact(4).take(512) {
        let (user, host) = (step[0] >> 5, step[0] % 32);
        let Some(place) = Destination::from_authority(Scheme::Https, &format!("host-{host}.example")) else {
            return;
        };
        let pool = &pools[usize::from(user % 3)];
        now += Duration::from_millis(u64::from(step[3] >> 4) * 400);
        match step[3] % 16 {
            0 => pool.clear(),
            1 => now += KEEP,
            2 => all.iter().rev().take(4).for_each(|speaks| speaks.set(true)),
            _ => {}
        }
        let idle = [KEEP, Duration::from_millis(250), Duration::ZERO, KEEP][usize::from(step[2] >> 6)];
        let taken = pool.take(&place, idle, now);
        let wire = taken.map_or_else(
            || {
                let speaks = Rc::new(Cell::new(false));
                all.push(Rc::clone(&speaks));
                Wire { host, opened_for: user % 3, speaks, is_left_uneven: false }
            },
            |(wire, waited)| {
                assert!(waited < idle, "it waited for {waited:?}, and not {idle:?}");
                wire
            },
        );
        assert_eq!((wire.host, wire.opened_for), (host, user % 3), "somebody else's connection");
        assert!(!wire.speaks.get() && !wire.is_left_uneven, "what is left of another exchange is in the way");
        if let Some(wire) = exchange(wire, step[1], step[2]) {
            pool.give(&place, wire, now);
        }
        assert!(pool.waiting() <= MOST, "{} wait", pool.waiting());
        assert!(pool.waiting_for(&place) <= PER_DESTINATION, "{} wait", pool.waiting_for(&place));
    }
}

/// Asks and reads the answer; the wire comes back where the gateway would use it again.
fn exchange(mut wire: Wire, kind: u8, end: u8) -> Option<Wire> {
    let requests =
        [("GET", Body::Empty), ("HEAD", Body::Empty), ("PUT", Body::Length(7)), ("PATCH", Body::Chunked)];
    let (method, sent) = requests[usize::from(kind % 4)];
    let (head, answer) = ANSWERS[usize::from(kind >> 2) % ANSWERS.len()];
    let (took_all, goes, more) = (end & 1 == 0, end & 2 == 2, end & 4 == 4);
    let reply = Reply::parse(head.as_bytes()).ok()?;
    let body = reply.body(method).ok()?;
    // What an engine that leaves has not taken stays on the wire, which nobody gets then.
    if goes && body != Body::Empty {
        return None;
    }
    wire.speaks.set(wire.speaks.get() || more || answer == Ends::Beyond);
    wire.is_left_uneven = !took_all
        || sent != Body::Empty
        || match answer {
            Ends::Known | Ends::Beyond => false,
            Ends::AtClose => method != "HEAD",
            Ends::Elsewhere => true,
        };
    let again = is_even(&reply, body, took_all, sent != Body::Empty);
    assert!(again || wire.is_left_uneven || more, "a good connection is thrown away behind {head:?}");
    again.then_some(wire)
}

/// Where an answer ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Where everybody says.
    Known,
    /// There as well, and the server says more.
    Beyond,
    /// At the end of the connection, or nowhere; an answer to HEAD ends with its head.
    AtClose,
    /// Elsewhere for another reader, or for a server that closes behind it.
    Elsewhere,
}

const ANSWERS: &[(&str, Ends)] = &[
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Ends::Known),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Ends::Beyond),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Ends::Known),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Ends::Beyond),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", Ends::Known),
    ("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", Ends::Known),
    ("HTTP/1.1 204 No Content\r\n\r\n", Ends::Known),
    ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", Ends::Known),
    ("HTTP/1.1 200 OK\r\n\r\n", Ends::AtClose),
    ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", Ends::Elsewhere),
    ("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 5\r\n\r\n", Ends::Elsewhere),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", Ends::Elsewhere),
    ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", Ends::Elsewhere),
    ("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", Ends::Elsewhere),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", Ends::AtClose),
];
