//! One direction of a connection: first a hello, then messages.

use std::marker::PhantomData;

use crate::frame::{Decoder, FrameError};
use crate::hello::Hello;
use crate::message::{Message, MessageError};

/// What arrives on a connection, from bytes to messages.
#[derive(Debug)]
pub struct Inbox<T> {
    decoder: Decoder,
    greeted: bool,
    messages: PhantomData<T>,
}

/// One thing that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received<T> {
    /// The other side's hello; always the first.
    Hello(Hello),
    /// A message.
    Message(T),
}

impl<T: Message> Inbox<T> {
    /// An inbox to which nothing has come.
    pub fn new() -> Self {
        Self { decoder: Decoder::up_to(T::LIMIT), greeted: false, messages: PhantomData }
    }

    /// Takes in bytes as they were read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.decoder.push(bytes);
    }

    /// The next thing that arrived whole, or nothing until more bytes are pushed.
    pub fn receive(&mut self) -> Result<Option<Received<T>>, Fault> {
        let Some(json) = self.decoder.next_frame()? else { return Ok(None) };
        if self.greeted {
            return Ok(Some(Received::Message(T::read(&json)?)));
        }
        let hello =
            serde_json::from_slice(&json).map_err(|error| Fault::Hello { detail: error.to_string() })?;
        self.greeted = true;
        Ok(Some(Received::Hello(hello)))
    }

    /// Whether more has come than one message holds, and nobody has taken any.
    pub fn is_full(&self) -> bool {
        self.decoder.is_full()
    }

    /// Whether the connection may end here: not in the middle of a message.
    pub fn finish(&self) -> Result<(), FrameError> {
        self.decoder.finish()
    }
}

impl<T: Message> Default for Inbox<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// What is wrong with what arrived.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The bytes are no frames.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The first message is no hello.
    #[error("the first message is not a hello: {detail}")]
    Hello {
        /// What is wrong.
        detail: String,
    },
    /// A frame is no message.
    #[error(transparent)]
    Message(#[from] MessageError),
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::encode;

    #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(tag = "kind", rename_all = "camelCase")]
    enum Request {
        Status,
        Watch,
    }

    impl Message for Request {
        const NAME: &'static str = "request";
        const KINDS: &'static [&'static str] = &["status", "watch"];
    }

    fn inbox(frames: &[Vec<u8>]) -> Inbox<Request> {
        let mut inbox = Inbox::new();
        inbox.push(&frames.concat());
        inbox
    }

    fn hello() -> Vec<u8> {
        encode(&Hello::of("0.1.0")).unwrap()
    }

    #[test]
    fn a_hello_comes_first_and_messages_after_it() {
        let mut inbox = inbox(&[hello(), encode(&Request::Status).unwrap()]);
        assert_eq!(inbox.receive(), Ok(Some(Received::Hello(Hello::of("0.1.0")))));
        assert_eq!(inbox.receive(), Ok(Some(Received::Message(Request::Status))));
        assert_eq!((inbox.receive(), inbox.finish()), (Ok(None), Ok(())));
    }

    #[test]
    fn a_message_before_any_hello_ends_the_connection() {
        let fault = inbox(&[encode(&Request::Status).unwrap()]).receive().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "the first message is not a hello: missing field `protocol` at line 1 column 17"
        );
    }

    #[test]
    fn a_message_that_is_not_understood_leaves_the_next_one_readable() {
        let unknown = encode(&serde_json::json!({"kind": "teleport"})).unwrap();
        let mut inbox = inbox(&[hello(), unknown, encode(&Request::Watch).unwrap()]);
        assert!(inbox.receive().is_ok());
        let fault = inbox.receive().unwrap_err();
        assert_eq!(fault, MessageError::Kind { name: "request", kind: "teleport".into() }.into());
        assert_eq!(inbox.receive(), Ok(Some(Received::Message(Request::Watch))));
    }

    #[test]
    fn bytes_that_are_no_frames_end_the_connection() {
        let mut inbox = inbox(&[hello(), vec![255; 8]]);
        assert!(inbox.receive().is_ok());
        assert!(matches!(inbox.receive(), Err(Fault::Frame(_))));
    }
}
