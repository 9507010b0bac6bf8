//! The privileged side of Pullgate: the service, the steward, and the command line that speaks with them.

pub mod cli;
mod containers_env;
mod credentials;
mod egress_candidates;
mod enrollment;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod hub_settings;
mod policy_set;
mod service;
mod steward;
mod storage;
