//! What changes on the machine after the enrollment.

use acceptance::laptop::Laptop;
use acceptance::pull::Flavor;

use super::{BLOCKED, comes, row};
use crate::network::lab::{condition, denied};

pub(super) fn ports_that_anybody_may_take_are_told(laptop: &Laptop) {
    row("`net.ipv4.ip_unprivileged_port_start`");
    laptop.must("sysctl --write net.ipv4.ip_unprivileged_port_start=858");
    let told = |laptop: &Laptop| condition(laptop, "ports-unprivileged");
    laptop.wait_for("it is told", |laptop| told(laptop).is_some_and(|it| it.contains("from 858 on")));
    laptop.must("sysctl --write net.ipv4.ip_unprivileged_port_start=1024");
    laptop.wait_for("it is told no longer", |laptop| told(laptop).is_none());
}

pub(super) fn an_engine_that_comes_later_is_told_and_led_by_the_command_that_is_told(laptop: &Laptop) {
    row("an engine that is installed after the enrollment");
    let units = "containerd.service docker.socket docker.service";
    comes(&laptop.run(&format!("systemctl unmask {units} && systemctl start {units}")));
    laptop.wait_for("it is told", |laptop| {
        condition(laptop, "engine-not-routed").is_some_and(|told| told.contains("Docker"))
    });
    let status = laptop.run("pullgate status").terminal;
    assert!(status.contains("sudo pullgate engines apply"), "{status}");
    laptop.must("pullgate engines apply");
    denied(&Flavor::DockerPull.attempt(laptop, BLOCKED));
    laptop.wait_for("it is told no longer", |laptop| condition(laptop, "engine-not-routed").is_none());
}
