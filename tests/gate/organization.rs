//! Signing in to the organization: who is let in, what a person is told, and what outlasts a provider that is away.

mod attempt;
mod away;
mod browser;
mod clocks;
mod desk;
mod device;
mod ended;
mod groups;
mod hub;
mod people;
mod secrets;
