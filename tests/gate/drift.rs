//! Somebody else changes what leads engines through the gateway: it is noticed, put back where it is ours, and told.
//! One laptop with Docker Engine, containerd and Podman, one change after the other.
#![expect(
    clippy::print_stderr,
    reason = "how long it took until a change was put back is a result of its own"
)]

pub(crate) mod desk;
mod fights;
mod files;
mod restarts;
mod ways_round;

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::{enroll, install, policy, with_product};
use serde_json::json;

use crate::podman::restore::{inventory, is_as_before};

#[test]
fn what_leads_engines_through_the_gateway_is_kept() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    install(&laptop);
    let before = inventory(&laptop);
    enroll(&laptop, &policy(json!({})));
    laptop.wait_for("nobody needs to be told", |laptop| desk::told(laptop).is_empty());
    restarts::wait_for_a_build(&laptop);
    fights::nothing_fights_a_pause(&laptop);
    fights::something_that_keeps_writing_is_left_alone(&laptop);
    files::are_put_back(&laptop);
    files::a_drop_in_of_somebody_has_no_effect(&laptop);
    files::what_cannot_be_put_back_is_told(&laptop);
    ways_round::are_noticed(&laptop);
    laptop.must("pullgate engines restore");
    is_as_before(&laptop, &before);
    files::what_was_given_back_stays(&laptop, &before);
}
