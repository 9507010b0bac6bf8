//! Nobody is fought: neither a person who paused, nor a program that keeps writing.

use acceptance::laptop::Laptop;

use super::desk::{is_routed, snapshot, tells, told, until};

const REGISTRIES: &str = "/etc/containers/registries.conf.d/zz-pullgate.conf";

pub(super) fn nothing_fights_a_pause(laptop: &Laptop) {
    laptop.must("pullgate engines apply podman");
    laptop.must(&format!("pullgate pause --for 10m --reason test && rm {REGISTRIES}"));
    // The service was asked about what it would have put back by then.
    laptop.run("pullgate engines verify podman");
    assert_eq!(laptop.read_file(REGISTRIES), None);
    laptop.must("pullgate resume");
    until(laptop, "the pause is over and the file is back", |laptop| laptop.read_file(REGISTRIES).is_some());
}

pub(super) fn something_that_keeps_writing_is_left_alone(laptop: &Laptop) {
    laptop.must(&format!(
        "systemd-run --quiet --unit=writer bash -c 'while :; do grep -q 858 {REGISTRIES} && echo > {REGISTRIES}; done'"
    ));
    let contested = tells(laptop, "Something else keeps changing");
    laptop.must("systemctl stop writer");
    assert!(!laptop.read_file(REGISTRIES).unwrap_or_default().contains("858"), "it is left alone");
    laptop.must("pullgate engines apply podman");
    is_routed(laptop, "podman");
    snapshot("contested", &format!("{contested}\n{}\n", told(laptop).join("\n")));
}
