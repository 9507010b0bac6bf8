//! What fuzzing gives to this crate.

use ipc::{Decoder, Fault, Inbox, LIMIT, Received, encode};

use crate::Request;

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[("wire-frames", wire_frames)];

/// However the bytes are cut, the same frames come of them; what is read as a message is one when it is sent again.
fn wire_frames(input: &[u8]) {
    let whole = frames(&[input]);
    assert!(whole.iter().all(|frame| (1..=LIMIT).contains(&frame.len())));
    for at in [1, input.len() / 3, input.len() / 2] {
        let (one, other) = input.split_at(at.min(input.len()));
        assert_eq!(frames(&[one, other]), whole);
    }
    for frame in &whole {
        if let Ok(request) = serde_json::from_slice::<Request>(frame) {
            let sent = encode(&request).unwrap_or_default();
            let mut decoder = Decoder::default();
            decoder.push(&sent);
            let back = decoder.next_frame().ok().flatten().unwrap_or_default();
            assert!(serde_json::from_slice::<Request>(&back).is_ok(), "{request:?}");
        }
    }
    inbox::<Request>(input);
}

fn frames(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
    let (mut decoder, mut found) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.push(piece);
        while let Ok(Some(frame)) = decoder.next_frame() {
            found.push(frame);
        }
    }
    found
}

/// The first message is a hello, and a fault is the end of it.
fn inbox<T: ipc::Message>(input: &[u8]) {
    let mut inbox = Inbox::<T>::new();
    inbox.push(input);
    let mut received = std::iter::from_fn(|| inbox.receive().transpose());
    if let Some(first) = received.next() {
        assert!(!matches!(first, Ok(Received::Message(_))));
    }
    let faults: Vec<Fault> = received.take(64).filter_map(Result::err).collect();
    assert!(faults.iter().all(|fault| !fault.to_string().is_empty()));
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
