//! The world outside: registries that refuse, break off or redirect, the organization's proxy, mirrors and
//! stand-ins. Whatever goes wrong there is said in words and is never shown as policy.

pub(crate) mod lab;
mod mirrors;
mod proxy;
mod redirects;
mod refusals;
mod stand_in;
