//! Commands as people type them, against a service that answers as told: what is asked, written and returned.

mod asked;
mod endings;
mod enrolling;
mod help;
mod offered;
mod offline;
mod played;
mod programs;
pub(crate) mod sample;
mod service;
mod shown;
mod trials;

pub(crate) use played::{Played, Stage};
