//! Signing in to the organization: who is let in, what a person is told, and what outlasts a provider that is away.

pub(crate) mod attempt;
mod away;
mod browser;
mod clocks;
pub(crate) mod desk;
mod device;
mod ended;
mod groups;
mod hub;
mod people;
mod secrets;
