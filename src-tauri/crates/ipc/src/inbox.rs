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
mod tests;
