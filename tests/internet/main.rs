//! The small internet of a laptop: the public names of the container world on documentation addresses.
//!
//! `internet prepare` makes names, certificates and trust before the laptop boots; `internet serve` answers.
//! It stores nothing itself: behind every registry stands a real one, the warehouse, on loopback.
#![expect(clippy::expect_used, clippy::panic, reason = "a broken laboratory ends the test that uses it")]

mod body;
mod certificates;
mod content;
mod control;
mod files;
mod git;
mod hub;
mod layers;
mod listen;
mod manners;
mod publish;
mod recorder;
mod registry;
mod route;
mod sites;
mod tags;
mod tls;
mod tokens;
mod warehouse;
mod web;
mod world;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("prepare") => certificates::prepare(),
        Some("serve") => serve(),
        Some(_) | None => panic!("usage: internet prepare | serve"),
    }
}

fn serve() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the kernel gives an event queue").block_on(listen::serve());
}
