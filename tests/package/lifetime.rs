//! One laptop's life with the service's package: it comes, is enrolled, replaced, taken off, put back, and purged.

use std::time::Instant;

use acceptance::internet::{Content, Image, Manner};
use acceptance::laptop::Laptop;
use acceptance::product::{enroll, policy};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::files::{inventory, is_as_before};
use crate::machine::{BLOCKED, FLAVORS, behavior, boot, engines, pulls_by_policy, pulls_freely, timed};
use crate::{packages, reading};

/// The root of the laboratory leaves out manuals, which are wanted here.
const APT: &str = "DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes \
                   -o DPkg::Options::=--path-include=/usr/share/man/* -o DPkg::Options::=--path-include=/usr/share/doc/*";
/// The layers that Docker has begun to write. It asks for none again whose answer had not begun.
const ARRIVING: &str = "find /var/lib/docker -size +0 -name 'GetImageBlob*' 2>/dev/null || true";
const UNITS: [&str; 5] = [
    "pullgate.service",
    "pullgate-control.socket",
    "pullgate-proxy.socket",
    "pullgate-mirror.socket",
    "pullgate-steward.socket",
];

#[test]
fn a_package_comes_is_replaced_and_goes_without_a_trace() {
    let package = packages::find("pullgate_", ".deb");
    let package =
        format!("/opt/lab/packages/{}", package.file_name().expect("it has a name").to_string_lossy());
    let started = Instant::now();
    let laptop = boot();
    pulls_freely(&laptop);
    let (files, behaved) = (inventory(&laptop), behavior(&laptop));
    println!("a laptop with a past, {} files: {:.1} s", files.len(), started.elapsed().as_secs_f32());
    timed(&laptop, "installed", &format!("{APT} install {package}"));
    everything_runs_and_is_kept_small(&laptop);
    laptop.must("zcat /usr/share/man/man1/pullgate.1.gz | grep -q enroll && test -e /usr/share/doc/pullgate/packages.md");
    laptop.must(
        "cd /usr/share/doc/pullgate/examples && pullgate policy starter | cmp - starter-policy.json \
         && pullgate policy starter --catalog | cmp - starter-catalog.json \
         && pullgate policy check starter-policy.json --catalog starter-catalog.json",
    );
    reading::an_administrator_is_asked_in_words(&laptop);
    the_example_gives_a_first_block(&laptop);
    the_machine_is_enrolled_and_proved(&laptop);
    let newer = newer(&laptop, &package);
    pulls_wait_while_it_is_replaced(&laptop, &newer);
    it_stays_while_an_engine_needs_it(&laptop);
    timed(&laptop, "removed", &format!("{APT} remove pullgate"));
    engines_are_their_own_again_and_the_enrollment_stays(&laptop, &behaved);
    pulls_that_ended_are_long_over(&laptop);
    println!("{}", timed(&laptop, "installed again", &format!("{APT} install {newer}")).stdout);
    all_engines_are_routed(&laptop);
    pulls_by_policy(&laptop, &FLAVORS);
    timed(&laptop, "purged", &format!("{APT} purge pullgate"));
    laptop.must("rm /root/enrollment.toml");
    is_as_before(&files, &inventory(&laptop));
    assert_eq!(behavior(&laptop), behaved);
    pulls_freely(&laptop);
}

fn everything_runs_and_is_kept_small(laptop: &Laptop) {
    for unit in UNITS {
        let state = laptop.must(&format!("systemctl is-active {unit}; systemctl is-enabled {unit}")).stdout;
        assert_eq!(state, "active\nenabled\n", "{unit}");
    }
    for (unit, most) in [("pullgate.service", 2.0), ("pullgate-steward.service", 4.0)] {
        let said = laptop.must(&format!("systemd-analyze security --no-pager {unit}")).stdout;
        let line = said.lines().last().unwrap_or_default();
        let score = line.rsplit(": ").next().and_then(|rest| rest.split(' ').next()?.parse::<f32>().ok());
        let score = score.unwrap_or_else(|| panic!("no score in `{line}`"));
        println!("exposure of {unit}: {score}");
        assert!(score <= most, "{unit} is exposed more than {most}:\n{said}");
    }
    assert_eq!(
        engines(laptop).iter().filter(|(_, routed)| routed != "no").count(),
        0,
        "nothing is changed unasked"
    );
}

/// As the README says it: no provider, no web server, no policy of one's own.
fn the_example_gives_a_first_block(laptop: &Laptop) {
    laptop.must("pullgate policy check /usr/share/pullgate/examples/acme/policy.json");
    timed(laptop, "the example", "pullgate enroll /usr/share/pullgate/examples/acme/enrollment.toml");
    let blocked = laptop.run("docker pull quay.io/coreos/etcd");
    assert_eq!(blocked.code, 1, "{}", blocked.terminal);
    assert!(
        blocked.terminal.contains("comes from a registry not allowed at Acme (rule: registries.default)"),
        "{}",
        blocked.terminal
    );
    laptop.must("docker pull official:1 && docker image rm official:1");
    laptop.must("pullgate unenroll --yes");
}

fn the_machine_is_enrolled_and_proved(laptop: &Laptop) {
    let started = Instant::now();
    enroll(laptop, &policy(json!({})));
    println!("enrolled, every engine routed: {:.1} s", started.elapsed().as_secs_f32());
    all_engines_are_routed(laptop);
    let started = Instant::now();
    let proof = laptop.run("pullgate engines verify").stdout;
    println!("proved again: {:.1} s\n{proof}", started.elapsed().as_secs_f32());
    println!("{}", laptop.must("pullgate engines").stdout);
    pulls_by_policy(laptop, &FLAVORS);
}

/// A process that is seen in the moment of its start is asked about again.
fn all_engines_are_routed(laptop: &Laptop) {
    laptop.wait_for("every engine is routed", |laptop| {
        let engines = engines(laptop);
        let is_routed = |name: &str| engines.contains(&(name.to_owned(), "yes".to_owned()));
        let all = ["docker", "podman", "containerd"].into_iter().all(is_routed);
        let others = engines.iter().all(|(_, routed)| routed == "yes");
        all && others || laptop.run("pullgate engines verify; false").code == 0
    });
}

/// The same package under a higher version.
fn newer(laptop: &Laptop, package: &str) -> String {
    laptop.must(&format!(
        "cd /var/tmp && dpkg-deb --raw-extract {package} newer && sed -i 's/^Version: .*/Version: 9.0/' newer/DEBIAN/control \
         && dpkg-deb -Znone --build newer /run/newer.deb && rm -r newer"
    ));
    "/run/newer.deb".to_owned()
}

/// One pull runs from before the replacement to after it; others begin all the time.
fn pulls_wait_while_it_is_replaced(laptop: &Laptop, newer: &str) {
    let blocked = laptop.must("pullgate blocked --json").stdout;
    let internet = laptop.internet();
    let image = Image::new("docker.io/library/big", &["1"]);
    internet.publish(&image.made_of(Content::Random { layers: 2, mebibytes: 4 }));
    internet.behave("docker.io/library/big", Manner::Drips { bytes: 16384, milliseconds: 20 });
    laptop.must("systemd-run --quiet --unit=slow --remain-after-exit docker pull library/big:1");
    laptop.wait_for("the slow pull is in its middle", |laptop| {
        let asked = laptop.internet().count("docker.io/library/big").contents;
        asked >= 2 && laptop.must(ARRIVING).stdout.lines().count() >= 2
    });
    let before = laptop.must("systemctl show --property MainPID pullgate.service").stdout;
    let script = format!(
        "{APT} install {newer} > /run/upgrade.log 2>&1 & upgrade=$!
         while kill -0 $upgrade 2> /dev/null; do
           docker pull --quiet library/official:1 2>&1; docker rmi library/official:1 > /dev/null
         done
         wait $upgrade || cat /run/upgrade.log"
    );
    let pulls = timed(laptop, "replaced, while images were pulled", &script).stdout;
    println!("pulls meanwhile: {}", pulls.lines().count());
    assert!(pulls.lines().all(|line| line == "docker.io/library/official:1") && !pulls.is_empty(), "{pulls}");
    let after = laptop.must("systemctl show --property MainPID pullgate.service").stdout;
    assert!(before != after && after != "MainPID=0\n", "the new version runs: {before} {after}");
    assert_eq!(laptop.must("dpkg-query --show --showformat '${Version}' pullgate").stdout, "9.0");
    laptop.wait_for("the slow pull ends", |laptop| {
        laptop.run("systemctl show --property SubState slow").stdout.trim() != "SubState=running"
    });
    let log = laptop.must("journalctl --unit=slow --output=cat; systemctl show --property ExecMainStatus slow; systemctl stop slow");
    assert!(log.stdout.contains("ExecMainStatus=0"), "{}", log.terminal);
    laptop.must("docker rmi library/big:1");
    assert_eq!(
        laptop.must("pullgate blocked --json").stdout,
        blocked,
        "what was blocked before is still known"
    );
    all_engines_are_routed(laptop);
    pulls_by_policy(laptop, &[Flavor::DockerPull]);
}

/// The originals of the engines' files cannot be read, so that none can be given back.
fn it_stays_while_an_engine_needs_it(laptop: &Laptop) {
    let damaged = "/var/lib/pullgate-steward/originals/etc+damaged.original.json";
    laptop.must(&format!("echo '{{' > {damaged}"));
    let refused = laptop.run(&format!("{APT} remove pullgate"));
    assert!(refused.code != 0 && refused.terminal.contains("Pullgate stays: "), "{}", refused.terminal);
    assert_eq!(
        laptop.must("dpkg-query --show --showformat '${Status}' pullgate").stdout,
        "install ok installed"
    );
    laptop.must("systemctl is-active pullgate.service pullgate-proxy.socket");
    all_engines_are_routed(laptop);
    laptop.must(&format!("rm {damaged}"));
}

/// No engine is restarted in the middle of a pull, and what a pull left behind looks like one for a minute.
fn pulls_that_ended_are_long_over(laptop: &Laptop) {
    let left =
        "find /var/lib/docker/tmp /var/lib/containerd -name 'GetImageBlob*' -o -path '*/ingest/*/data'";
    laptop.must(&format!("{left} | xargs --no-run-if-empty touch --no-create --date '2 minutes ago'"));
}

fn engines_are_their_own_again_and_the_enrollment_stays(laptop: &Laptop, behaved: &str) {
    assert_eq!(behavior(laptop), behaved);
    laptop.must(
        "test -e /etc/pullgate/enrollment.toml && test -d /var/lib/pullgate && test ! -e /run/pullgate",
    );
    let units =
        laptop.run("systemctl list-unit-files 'pullgate*'; systemctl list-units --all 'pullgate*'").stdout;
    assert!(!units.contains("pullgate"), "{units}");
    let outcome = Flavor::Podman.attempt(laptop, BLOCKED);
    assert!(outcome.present, "{outcome}");
}
