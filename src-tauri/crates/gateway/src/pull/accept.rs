//! Step 1. Whatever front a request came in by, it becomes one [`PullRequest`](super::request::PullRequest).

mod connect;
mod intercept;
mod lookaside;
pub(crate) mod mirror;
mod parse;
mod proxy;
mod requests;

pub(crate) use mirror::mirror;
pub(crate) use proxy::proxy;
