//! When the gateway is away: without its sockets pulls fail closed; when only the service falls, they wait for it.
#![expect(clippy::print_stderr, reason = "how long a pull waited is a result of its own")]

use std::fmt::Write;
use std::time::Instant;

use acceptance::internet::{Content, Image, Manner};
use acceptance::pull::Flavor;

use super::desk::{Desk, arriving};

on_both_stores![
    without_the_sockets_nothing_is_pulled_and_nothing_is_asked,
    a_pull_waits_for_a_service_that_was_killed,
    a_pull_survives_the_death_of_the_service_in_its_middle,
];

const ALL: &str =
    "pullgate-proxy.socket pullgate-mirror.socket pullgate-control.socket pullgate-steward.socket";
const OFFICIAL: &str = "docker.io/library/official:1";

fn without_the_sockets_nothing_is_pulled_and_nothing_is_asked(desk: &mut Desk) {
    let (image, _) = desk.publish(Flavor::DockerPull, "docker.io/library/official");
    desk.arrives(Flavor::DockerPull, &image);
    desk.laptop.must("systemctl stop 'pullgate-*.socket' pullgate.service");
    let requests = desk.laptop.internet().requests().len();
    let mut text = String::new();
    for flavor in Flavor::DOCKER {
        let outcome = flavor.attempt(&desk.laptop, OFFICIAL);
        assert!(outcome.code != 0 && !outcome.present, "{flavor:?}: {outcome}");
        writeln!(text, "{flavor:?}: {outcome}").expect("memory does not fail");
    }
    // The client itself asks the token server before a build; it gets no content there.
    let asked = desk.laptop.internet().requests().split_off(requests);
    let content: Vec<_> = asked.iter().filter(|one| one.repository.is_some()).collect();
    let status = desk.laptop.run("pullgate status");
    desk.laptop.must(&format!("systemctl start {ALL}"));
    assert!(content.is_empty(), "{content:?}");
    for flavor in [Flavor::DockerPull, Flavor::BuildKit] {
        let (image, _) = desk.publish(flavor, "docker.io/library/official");
        desk.arrives(flavor, &image);
    }
    desk.stops(Flavor::DockerPull, "docker.io/evil/miner:1");
    writeln!(text, "pullgate status: exit {}\n{}", status.code, status.terminal)
        .expect("memory does not fail");
    desk.snapshot("sockets_stopped", &text);
}

fn a_pull_waits_for_a_service_that_was_killed(desk: &mut Desk) {
    for flavor in Flavor::DOCKER {
        let (before, _) = desk.publish(Flavor::DockerPull, "docker.io/grafana/tool");
        desk.arrives(Flavor::DockerPull, &before);
        let (image, _) = desk.publish(flavor, "docker.io/grafana/tool");
        desk.kill_service();
        let started = Instant::now();
        desk.arrives(flavor, &image);
        eprintln!("{:?} {flavor:?}: a pull after the kill took {:?}", desk.store, started.elapsed());
    }
    desk.kill_service();
    desk.stops(Flavor::DockerPull, "docker.io/evil/miner:1");
}

fn a_pull_survives_the_death_of_the_service_in_its_middle(desk: &mut Desk) {
    let internet = desk.laptop.internet();
    let image = Image::new("docker.io/library/big", &["1"]);
    internet.publish(&image.made_of(Content::Random { layers: 2, mebibytes: 4 }));
    for inline in [false, true] {
        if inline {
            internet.behave("docker.io/library/big", Manner::InlineBlobs);
        }
        internet.behave("docker.io/library/big", Manner::Drips { bytes: 65536, milliseconds: 20 });
        let before = internet.count("docker.io/library/big");
        desk.laptop.must("systemd-run --quiet --unit=pulling --remain-after-exit docker pull library/big:1");
        desk.laptop.wait_for("both layers are arriving", |laptop| {
            let moved = laptop.internet().count("docker.io/library/big").since(before);
            let asked = if inline { moved.blobs } else { moved.contents };
            // No engine asks again for a layer whose answer had not begun.
            asked >= 2 && arriving(laptop) >= 2
        });
        desk.kill_service();
        let started = Instant::now();
        desk.laptop.wait_for("the pull ends", |laptop| {
            laptop.run("systemctl show --property SubState pulling").stdout.trim() != "SubState=running"
        });
        let log = desk
            .laptop
            .run("journalctl --unit=pulling --output=cat; systemctl show --property ExecMainStatus pulling");
        eprintln!("{:?} inline {inline}: the pull ended {:?} after the kill", desk.store, started.elapsed());
        desk.laptop.run("systemctl stop pulling; systemctl reset-failed pulling");
        assert!(log.stdout.contains("ExecMainStatus=0"), "{}", log.terminal);
        desk.laptop.must("docker image inspect library/big:1");
        desk.forget_images();
        internet.behave_well();
    }
}
