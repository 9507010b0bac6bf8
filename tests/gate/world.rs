//! Laptops as companies have them: proxies, logins, certificates, providers and networks that were there before the
//! product. What worked before enrollment works after it, and again after `unenroll`.
#![expect(clippy::print_stderr, reason = "the seconds and counts that tests see are results of their own")]

mod buildkit;
mod certificate_zoo;
mod certificates;
mod conformance;
mod enrolling;
mod enrollments;
mod habits;
mod insecure;
mod logins;
mod passing;
mod private_registry;
mod proofs;
mod providers;
mod proxy_kinds;
mod proxy_of_docker;
mod proxy_sources;
mod refusals_of_others;
mod registry_away;
mod resume;
mod scanned;
mod signatures;
mod snap;
mod starter;
mod strangers;
mod token_services;
mod told;
