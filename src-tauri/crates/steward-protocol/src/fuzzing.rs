//! What fuzzing gives to this crate.

use ipc::{Fault, Inbox, Message, Received};

use crate::{StewardRequest, StewardResponse};

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[("steward-frames", steward_frames)];

fn steward_frames(input: &[u8]) {
    inbox::<StewardRequest>(input);
    inbox::<StewardResponse>(input);
}

/// The first message is a hello, and every fault has a sentence.
fn inbox<T: Message>(input: &[u8]) {
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
