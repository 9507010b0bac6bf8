//! Prints how one user's pulls fare beside another user who takes what can be had, in a laptop.
#![expect(clippy::print_stdout, reason = "this program prints figures")]

use acceptance::flood::{Size, options, play};
use acceptance::laptop::Laptop;
use acceptance::product::{enroll, install, policy};
use serde_json::json;

fn main() {
    let laptop = Laptop::boot(&options());
    install(&laptop);
    enroll(&laptop, &policy(json!({})));
    let seen = play(&laptop, Size::WHOLE);
    println!("{seen}");
    assert!(seen.same_process, "the service was started anew");
    assert!(seen.memory < seen.allowed, "the service needs more memory than its unit allows");
}
