//! A pull, step by step: accept, classify, decide, then deny or forward, and in any case journal and notify.
//!
//! Nothing goes upstream without a [`policy::Permit`], and only the policy makes one.

pub(crate) mod accept;
mod classify;
mod context;
mod decide;
mod deny;
mod forward;
mod journal;
mod local_token;
mod notify;
pub(crate) mod path;
mod pipeline;
mod redirected;
pub(crate) mod request;
mod respond;
