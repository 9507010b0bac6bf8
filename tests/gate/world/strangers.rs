//! Who may use which front, and what one user may cost, with real engines beside a user who takes what can be had.

use acceptance::flood::used;
use acceptance::internet::{Content, Image};
use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{enrolled, policy};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{arrived, denied, open_policy};

const ASK: &str = "curl -sk -o /dev/null -w '%{http_code} %{http_connect}' -x http://127.0.0.1:859";
const NAMED: &str = "/etc/pullgate/enrollment.d/fronts.toml";

#[test]
fn a_user_who_is_no_engine_of_root_gets_nothing_through_the_engines_proxy() {
    let laptop = enrolled(Options::docker(Store::Classic), &open_policy(json!({})));
    let bob = |url: &str| laptop.run_as(Person::Bob, &format!("{ASK} {url}")).stdout;
    let refused = || {
        assert_eq!(bob("http://files.example/"), "403 000");
        assert_eq!(bob("https://registry-1.docker.io/v2/"), "000 403");
    };
    laptop.internet().forget();
    refused();
    assert_eq!(laptop.internet().requests(), [], "nobody is asked for a stranger");
    let said = laptop.run_as(Person::Bob, "curl -s -x http://127.0.0.1:859 http://files.example/").stdout;
    assert!(said.contains("an administrator names the account under `fronts.proxy_users`"), "{said}");
    let root = laptop.must(&format!("{ASK} https://registry-1.docker.io/v2/")).stdout;
    assert!(root.ends_with(" 200"), "{root}");
    for flavor in [Flavor::DockerPull, Flavor::Podman] {
        arrived(&flavor.attempt(&laptop, "docker.io/library/official:1"));
        denied(&flavor.attempt(&laptop, "unlisted.example/evil/miner:1"));
    }
    laptop.must("install -d -m 755 /etc/pullgate/enrollment.d");
    laptop.write_file(NAMED, "[fronts]\nproxy_users = [\"bob\"]\n");
    laptop.wait_for("bob is served", |_| bob("https://registry-1.docker.io/v2/").ends_with(" 200"));
    laptop.must(&format!("rm {NAMED}"));
    laptop.wait_for("bob is a stranger again", |_| bob("https://registry-1.docker.io/v2/") == "000 403");
    refused();
    laptop.must("pullgate unenroll --yes");
    arrived(&Flavor::DockerPull.attempt(&laptop, "docker.io/library/official:1"));
}

/// Sends the beginning of a request and no end, as often as one user may.
const TALK: &str = r#"
use IO::Socket::UNIX;
my $hello = '{"protocol":1,"build":"0.1.0"}';
my @held;
for (1 .. 64) {
    my $client = IO::Socket::UNIX->new(Peer => '/run/pullgate/control.sock') or last;
    print $client pack('N', length $hello), $hello, pack('N', 65536), 'x' x 65000;
    $client->flush;
    push @held, $client;
}
sleep 600;
"#;
/// One less than a user gets of the fronts.
const TRANSFERS: u64 = 255;
/// At least as many times 50 ms.
const LOOKS: u32 = 20;
/// What all users get together, and how many of them have a large buffer.
const ALL: u64 = 2048;
const LARGE: u64 = 512;
const LARGER: u64 = (256 - 32) * 1024;
/// Manifests, decisions that wait, verdicts of a minute, and requests on the control socket.
const ELSE: u64 = (128 + 24 + 40 + 96) * 1024 * 1024;

#[test]
fn what_all_users_can_cost_together_is_less_than_the_unit_allows() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let image = Image::new("docker.io/library/big", &["1"]);
    let published = laptop.internet().publish(&image.made_of(Content::Random { layers: 1, mebibytes: 8 }));
    arrived(&Flavor::SkopeoCopy.attempt(&laptop, "docker.io/library/official:1"));
    let before = used(&laptop, "VmRSS");
    laptop.write_file("/tmp/talk.pl", TALK);
    laptop.must("systemd-run --quiet --uid=bob --unit=talk perl /tmp/talk.pl");
    stall(&laptop, &published.layers[0]);
    let held = used(&laptop, "VmRSS");
    let each = held.saturating_sub(before) / TRANSFERS;
    let most = before + ELSE + LARGE * each + (ALL - LARGE) * each.saturating_sub(LARGER);
    let (high, max) = (limit(&laptop, "MemoryHigh"), limit(&laptop, "MemoryMax"));
    eprintln!(
        "{} MiB before, {} MiB with {TRANSFERS} stalled transfers, {} KiB each; all users: {} MiB of {} and {}",
        before >> 20,
        held >> 20,
        each >> 10,
        most >> 20,
        high >> 20,
        max >> 20
    );
    assert!(used(&laptop, "VmHWM") < high / 2, "one user");
    assert!(most < high, "all users");
    arrived(&Flavor::SkopeoCopy.attempt(&laptop, "docker.io/library/official:1"));
    denied(&Flavor::SkopeoCopy.attempt(&laptop, "docker.io/evil/miner:1"));
    assert_eq!(laptop.run("timeout 10 pullgate status").code, 0);
}

/// Bob takes a byte a second of as many transfers as he gets.
fn stall(laptop: &Laptop, digest: &str) {
    let front = "https://127.0.0.1:858/v2/docker.io/library/big";
    laptop.write_file(
        "/tmp/stall",
        format!(
            "for n in $(seq {TRANSFERS}); do echo 'url = {front}/blobs/{digest}'; echo 'output = /dev/null'; done \
             | curl -sk --parallel --parallel-immediate --parallel-max 300 --limit-rate 1 --config -\n"
        ),
    );
    laptop.must("systemd-run --quiet --uid=bob --unit=stall -p LimitNOFILE=4096 bash /tmp/stall");
    let count = "ss --no-header --tcp --numeric state established '( sport = :858 )' | wc -l";
    laptop.wait_for("the transfers have begun", |laptop| {
        laptop.run(count).stdout.trim().parse().is_ok_and(|open: u64| open >= TRANSFERS)
    });
    // Until the service has had no more memory than before for so many looks in a row.
    let (mut most, mut looks) = (0, 0);
    laptop.wait_for("all of them stall", |laptop| {
        let now = used(laptop, "VmHWM");
        looks = if now > most { 0 } else { looks + 1 };
        most = most.max(now);
        looks >= LOOKS
    });
}

/// A limit of the service's unit, in bytes.
fn limit(laptop: &Laptop, property: &str) -> u64 {
    let said = laptop.must(&format!("systemctl show --property {property} --value pullgate.service")).stdout;
    said.trim().parse().expect("the unit has a number")
}
