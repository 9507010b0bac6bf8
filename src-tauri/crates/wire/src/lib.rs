//! The messages between Pullgate's processes, and how they are cut into frames.
//!
//! The tray and the command line speak [`Request`] and [`Response`] with the service; the service speaks
//! [`StewardRequest`] and [`StewardResponse`] with the steward. On each connection both sides send a [`Hello`]
//! first; then every request is answered in order, [`Request::SignIn`] in several steps, and only [`Request::Log`]
//! with `follow` and [`Request::Watch`] without end. Opens no socket, reads no clock, and checks nobody's identity:
//! [`authority()`] only says whom a request needs.

mod authority;
mod bytes;
mod doctor;
mod engine;
mod entry;
mod explain;
mod failure;
mod frame;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod hello;
mod images;
mod inbox;
mod message;
mod policy_report;
mod request;
mod response;
mod setting;
mod sign_in;
mod status;
mod steward;

pub use authority::{Authority, authority};
pub use bytes::Bytes;
pub use doctor::{Check, DoctorReport};
pub use engine::{EngineChange, EnginePlan, EngineReport, Personal, Routed};
pub use entry::Entries;
pub use explain::{ExplainReport, WhyReport};
pub use failure::{Code, Failure};
pub use frame::{Decoder, FrameError, LIMIT, encode};
pub use hello::{Disagreement, Hello, OLDEST_PROTOCOL, PROTOCOL};
pub use images::{ImagesReport, PresentImage, StartedContainer, UnlistedStore};
pub use inbox::{Fault, Inbox, Received};
pub use message::{Message, MessageError};
pub use policy::{Answered, Asker, Entry, Failures, LoginSearch};
pub use policy_report::{PolicyChange, PolicyReport, PolicyState};
pub use request::Request;
pub use response::{Event, Response};
pub use setting::{Setting, SettingLayer};
pub use sign_in::{SignInMethod, SignInState, SignInStep};
pub use status::{
    Condition, EnginesSummary, Fronts, HUB_REACHES_OWNERS, Remark, Severity, StatusReport, WayOut,
};
pub use steward::{
    Issuer, Login, LoginFinder, LoginKind, Passage, RepairOf, StewardRequest, StewardResponse,
};

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod sample;
