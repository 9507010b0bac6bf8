//! Plays the product for the invented organization Acme: a laptop is booted, enrolled, used and given back.
//!
//! Everything is real but the internet: a Debian with systemd, Docker Engine, BuildKit and podman in namespaces of
//! its own, and registries that behave like the public ones.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "this program tells a story at a terminal, and a broken one ends it"
)]

mod setting;
mod story;
mod terminal;

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product;

use terminal::{Terminal, bold, say};

fn main() {
    println!("{}", bold("Pullgate, played at Acme"));
    say("A laptop boots: Debian with Docker Engine, BuildKit and podman, and a small internet of its own.");
    let laptop = Laptop::boot(&product::with_product(Options::docker(Store::Classic)));
    product::install(&laptop);
    setting::publish(&laptop);
    story::play(&laptop, &mut Terminal::of(&laptop));
    drop(laptop);
    say("The end. The laptop is gone, and nothing of it is left on this machine.");
}
