//! HTTP/1.1 as the pull path needs it, without anything of policy: requests are read strictly, answers leniently,
//! bodies never buffered.
//!
//! Engines are answered in HTTP/1.1 only, because the reason phrase of the status line is what
//! containerd, BuildKit and Docker's containerd store print. HTTP/2 has none.

mod chunks;
mod connection;
mod fields;
mod framing;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod low_water;
mod receiver;
mod relay;
mod reply;
mod request;
#[cfg(target_os = "linux")]
mod splice;
mod stream;

pub use connection::{Connection, HEAD_TIME, ReadError};
pub use fields::Fields;
pub use framing::Body;
pub use receiver::RelayError;
pub use relay::{Tap, read_body, relay_body, relay_request_body, tunnel};
pub use reply::{Reply, ReplyError};
pub use request::{MalformedRequest, Request, Target};
pub use stream::{Rewound, Stream, gathered};
