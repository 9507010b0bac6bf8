//! What the tray and the command line ask of the service, and its answers.
//!
//! Every request is answered in order, [`Request::SignIn`] in several steps, and only [`Request::Log`] with `follow` and
//! [`Request::Watch`] without end. Opens no socket, reads no clock, and checks nobody's identity:
//! [`authority()`] only says whom a request needs.

mod authority;
mod doctor;
mod engine;
mod entry;
mod explain;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod images;
mod policy_report;
#[cfg(test)]
mod reading;
mod request;
mod response;
mod setting;
mod sign_in;
mod standing;
mod status;

pub use authority::{Authority, authority};
pub use doctor::{Check, DoctorReport};
pub use engine::{EngineChange, EnginePlan, EngineReport, Personal, Routed};
pub use entry::Entries;
pub use explain::{ExplainReport, WhyReport};
pub use images::{ImagesReport, PresentImage, StartedContainer, UnlistedStore};
pub use policy::{Asker, Entry, EntryCount, Failures, LoginSearch, UpstreamResult};
pub use policy_report::{PolicyChange, PolicyReport, PolicyState};
pub use request::Request;
pub use response::{Event, Response};
pub use setting::{Setting, SettingLayer};
pub use sign_in::{SignInMethod, SignInState, SignInStep};
pub use standing::Standing;
pub use status::{
    Condition, EnginesSummary, Fronts, HUB_REACHES_OWNERS, Remark, Severity, StatusReport, WayOut,
};

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod sample;
