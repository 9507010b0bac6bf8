//! Plays the product for the invented organization Acme: a laptop is booted, enrolled, used and given back.
//!
//! Everything is real but the internet: a Debian with systemd, Docker Engine, BuildKit and podman in namespaces of
//! its own, and registries that behave like the public ones.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "this program tells a story at a terminal, and a broken one ends it"
)]

mod publisher;
mod setting;
mod sign_in;
mod story;
mod terminal;

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product;

use terminal::{Terminal, bold, say};

fn main() {
    println!("{}", bold("Pullgate, played at Acme"));
    say(
        "A laptop boots: Debian with Docker Engine, BuildKit and podman, and a small internet of its own, where Acme \
         has an identity provider and a web server for its policy.",
    );
    let options = Options::docker(Store::Classic).identity_provider().policy_host();
    let laptop = Laptop::boot(&product::with_product(options));
    product::install(&laptop);
    setting::publish(&laptop);
    story::play(&laptop, &mut Terminal::of(&laptop));
    drop(laptop);
    say("The end. The laptop is gone, and nothing of it is left on this machine.");
}
