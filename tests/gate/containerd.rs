//! containerd, as a kubelet uses it over CRI and as `ctr` does with the same files.

mod allowed;
mod denied;
mod folders;
mod logins;
mod push;
mod restore;

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enrolled, policy};
use serde_json::json;

/// A laptop with containerd and no Docker Engine, under the usual policy.
fn laptop() -> Laptop {
    enrolled(Options::containerd(), &policy(json!({})))
}
