//! Decides whether an image may be brought in or sent out, and says why.
//!
//! Pure: a [`Policy`] is bytes that were checked, a [`DecisionContext`] is everything that is known, and [`decide()`]
//! answers with a [`Permit`] or a [`Denial`]. Time is an argument; nothing here reads a file, a clock or a network, and
//! nothing knows a key.

mod access_request;
mod catalog;
mod class;
mod decide;
mod decision;
mod decision_context;
mod distrust;
mod document;
mod entry;
mod entry_count;
mod finding;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod glob;
mod hosts;
mod index;
mod policy;
pub mod read;
mod reason;
mod refusal;
mod upstream;
mod verdict;
mod verdict_id;

pub use access_request::{AccessRequest, Action, Target};
pub use catalog::{Catalog, Replacements, STARTER_CATALOG};
pub use class::Class;
pub use decide::{Anybody, PRECEDENCE, Row, decide};
pub use decision::{Decision, Denial, Permit};
pub use decision_context::{
    Contact, DecisionContext, Grant, LoadedPolicy, Organization, Pause, SignIn, SignInReason,
};
pub use distrust::{Distrust, DistrustReason};
pub use document::*;
pub use entry::{Asker, Entry, Failures, LoginSearch, UpstreamResult};
pub use entry_count::EntryCount;
pub use finding::{Finding, Image, ImageName, Outcome, Rule, RuleKind};
pub use glob::{Glob, GlobError};
pub use hosts::{HostError, HostPattern};
pub use policy::{Naming, Policy, PolicyStamp, STARTER, check_line, schema};
pub use reason::Reason;
pub use refusal::{Refusal, Warning};
pub use upstream::Route;
pub use verdict::{Engine, Front, Verdict};
pub use verdict_id::{VerdictId, VerdictIdError};
