//! The machine fails: disks fill, files are damaged, the steward is away, the service is killed. What is denied stays
//! denied, what is allowed passes or fails in words, and somebody is told.

mod broken;
mod journal;
mod kills;
mod soak;
mod state;
mod steward;
