//! A permitted request on its way.

use crate::{
    gate::Gate,
    operation::Operation,
    ports::DecisionRecord,
    pull::{context::RequestContext, decide::Permitted, request::PullRequest},
};

/// Longer bodies of refusals are not read for their words.
pub(super) const ERROR_LIMIT: usize = 64 * 1024;

/// A permitted request on its way: what it is, what it was permitted by, and under which verdict.
#[derive(Clone, Copy)]
pub(in crate::pull) struct Forwarding<'a> {
    pub(in crate::pull) gate: &'a Gate,
    pub(in crate::pull) context: &'a RequestContext,
    pub(in crate::pull) permitted: &'a Permitted,
    pub(in crate::pull) request: &'a PullRequest,
    pub(in crate::pull) operation: &'a Operation,
    /// The decision, where it is recorded.
    pub(in crate::pull) decision: Option<&'a DecisionRecord>,
}
