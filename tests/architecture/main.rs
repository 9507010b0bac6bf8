//! The shape of the code, held by tests: who may know whom, what may never be linked, how big a file may be, and which may ask for a
//! system.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot read the workspace has failed")]

mod clocks;
mod edges;
mod links;
mod lists;
mod prose;
mod systems;
mod tree;
mod unused;
mod vocabulary;
mod waits;
mod words;
mod workspace;
