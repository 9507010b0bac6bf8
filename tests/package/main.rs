//! What people install: the packages, from the first file on a machine to the last one gone.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "how long each step takes is for people to read"
)]

mod contents;
mod files;
mod lifetime;
mod machine;
mod packages;
mod reading;
mod sbom;
mod templates;
