//! HTTP/1.1 as the pull path needs it: requests are read strictly, answers leniently, bodies never buffered.
//!
//! Engines are answered in HTTP/1.1 only, because the reason phrase of the status line is what
//! containerd, BuildKit and Docker's containerd store print. HTTP/2 has none.

pub(crate) mod chunks;
mod connection;
mod fields;
mod framing;
mod low_water;
mod receiver;
mod relay;
mod reply;
mod request;
#[cfg(target_os = "linux")]
mod splice;

use chunks::Chunks;
pub(crate) use connection::{Connection, HEAD_TIME, ReadError};
pub(crate) use fields::Fields;
pub(crate) use framing::Body;
use framing::FramingError;
pub(crate) use receiver::RelayError;
pub(crate) use relay::{Tap, read_body, relay_body, relay_request_body, tunnel};
pub(crate) use reply::Reply;
use request::MalformedRequest;
pub(crate) use request::{Request, Target};
