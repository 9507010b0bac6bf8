//! The privileged side of Pullgate: the service, the steward, and the command line that speaks with them.

pub mod cli;
mod credentials;
mod enrollment;
mod hub_settings;
mod policy_set;
mod service;
mod steward;
mod storage;
