//! The laboratory: a throwaway laptop with real engines, a small internet in front of it, and ways to look.
//!
//! Everything here serves tests, so a broken laboratory ends the test with a panic that says what broke.
#![expect(clippy::expect_used, clippy::panic, reason = "a broken laboratory ends the test that uses it")]

pub mod browser;
pub mod buildkit;
pub mod desktop;
mod exchange;
pub mod flood;
pub mod internet;
pub mod laptop;
pub mod policy_host;
pub mod product;
pub mod provider;
pub mod pull;
pub mod relay;
pub mod shared;
pub mod signing;
pub mod webdriver;
