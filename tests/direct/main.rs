//! Without a gate, every engine gets what it asks for: the laboratory's proof that a denial means something.
#![expect(clippy::expect_used, clippy::panic, reason = "a broken laboratory ends the test that uses it")]

mod docker;
mod internet;
mod organization;
mod others;
mod refusals;
