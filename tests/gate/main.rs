//! With the gate on: allowed images arrive, blocked ones stop, and the terminal says why.
#![expect(clippy::expect_used, clippy::panic, reason = "a broken laboratory ends the test that uses it")]
mod bad_input;
mod certificates;
mod containerd;
mod control;
mod distribution;
mod docker;
mod drift;
mod faults;
mod flood;
mod images;
mod limits;
mod network;
mod organization;
mod podman;
mod world;
