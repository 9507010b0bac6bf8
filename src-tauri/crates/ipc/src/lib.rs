//! How Pullgate's processes speak with each other: JSON messages in frames, after a hello of each side.
//!
//! On each connection both sides send a [`Hello`] first; then requests and answers follow, each a [`Message`] of a crate
//! that says what can be asked. Opens no socket and reads no clock.

mod bytes;
mod failure;
mod frame;
mod hello;
mod inbox;
mod message;

pub use bytes::Bytes;
pub use failure::{Code, Failure};
pub use frame::{Decoder, FrameError, LIMIT, encode};
pub use hello::{Disagreement, Hello};
pub use inbox::{Fault, Inbox, Received};
pub use message::{Message, MessageError};
