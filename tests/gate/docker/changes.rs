//! A changed policy holds for the next request, also on a connection that is already open.
#![expect(clippy::print_stderr, reason = "how long a change took is a result of its own")]

use std::time::Duration;

use acceptance::laptop::Store;
use acceptance::pull::Flavor;
use serde_json::json;

use super::desk::{Desk, until};

on_both_stores![
    a_stricter_policy_stops_the_next_pull_within_a_second,
    a_laxer_policy_lets_the_next_pull_in_within_a_second,
    a_stricter_policy_holds_on_an_open_connection,
    a_broken_policy_leaves_the_last_good_one_in_force,
];

const OFFICIAL: &str = "docker.io/library/official:1";
const SECOND: Duration = Duration::from_secs(1);
/// Asks twice over one connection; the second question waits until the pipe with the first answer is read.
const CLIENT: &str = "rm -f /tmp/answers /tmp/connects
options='--silent --proxy http://127.0.0.1:859 --cacert /etc/pullgate/ca/pullgate-intercept.pem'
url=https://registry-1.docker.io/v2/library/official/manifests/1
curl $options --dump-header /tmp/answers --output /tmp/pipe $url \\
  --next $options --dump-header /tmp/answers.2 --output /dev/null --write-out 'opened %{num_connects}\\n' $url > /tmp/connects.2
cat /tmp/answers.2 >> /tmp/answers
mv /tmp/connects.2 /tmp/connects
";

fn a_stricter_policy_stops_the_next_pull_within_a_second(desk: &mut Desk) {
    desk.arrives(Flavor::DockerPull, OFFICIAL);
    let connections = connections(desk);
    desk.write(json!({ "hub": { "classes": { "official": "block" } } }));
    let took = until("the pull is denied", || desk.ada(&format!("docker pull {OFFICIAL}")).code != 0);
    eprintln!("{:?}: a stricter policy held after {took:?}", desk.store);
    assert!(took < SECOND, "{took:?}");
    if desk.store == Store::Containerd {
        let kept = connections.iter().any(|one| self::connections(desk).contains(one));
        assert!(kept, "no connection stayed open: {connections:?}");
    }
    desk.forget_images();
    for flavor in Flavor::DOCKER {
        desk.stops(flavor, OFFICIAL);
    }
}

fn a_laxer_policy_lets_the_next_pull_in_within_a_second(desk: &mut Desk) {
    desk.stops(Flavor::DockerPull, "docker.io/evil/miner:1");
    desk.write(json!({ "deny": [], "hub": { "classes": { "community": "allow" } } }));
    let took = until("the pull succeeds", || desk.ada("docker pull docker.io/evil/miner:1").code == 0);
    eprintln!("{:?}: a laxer policy held after {took:?}", desk.store);
    assert!(took < SECOND, "{took:?}");
}

/// One connection: the same request before the change and after it. The client waits in between because nobody
/// reads what it got.
fn a_stricter_policy_holds_on_an_open_connection(desk: &mut Desk) {
    let requests = desk.laptop.internet().requests().len();
    desk.laptop.write_file("/tmp/client", CLIENT);
    desk.laptop
        .must("rm -f /tmp/pipe && mkfifo /tmp/pipe && systemd-run --quiet --unit=client bash /tmp/client");
    desk.laptop.wait_for("the first request", |laptop| laptop.internet().requests().len() > requests);
    desk.rule(json!({ "hub": { "classes": { "official": "block" } } }));
    let answers = desk.laptop.must(
        "cat /tmp/pipe > /tmp/body; until [ -s /tmp/connects ]; do :; done; cat /tmp/answers /tmp/connects",
    );
    let lines: Vec<&str> = answers
        .stdout
        .lines()
        .filter(|line| !line.contains(": ") || line.starts_with("HTTP/1.1 4"))
        .collect();
    assert!(lines.contains(&"HTTP/1.1 401 Unauthorized"), "{answers:?}");
    assert!(
        lines.iter().any(|line| line.starts_with("HTTP/1.1 403 image access denied: official:1")),
        "{answers:?}"
    );
    assert_eq!(lines.last(), Some(&"opened 0"), "the second request took another connection: {answers:?}");
}

fn a_broken_policy_leaves_the_last_good_one_in_force(desk: &mut Desk) {
    desk.laptop.write_file("/etc/pullgate/policy/policy.json", "{\"schema\": \"1.0\", ");
    desk.laptop.wait_for("the status says so", |laptop| {
        laptop.run("pullgate status").stdout.contains("policy.json")
    });
    desk.arrives(Flavor::DockerPull, OFFICIAL);
    desk.stops(Flavor::DockerPull, "docker.io/evil/miner:1");
    desk.laptop.wait_for("the container that was there before is told", |laptop| {
        laptop.run("pullgate status").stdout.contains("running container")
    });
    let status = desk.laptop.run("pullgate status");
    desk.rule(json!({}));
    desk.snapshot("status_broken_policy", &status.terminal);
}

/// The engine's open connections to the gateway, by their local ends.
fn connections(desk: &Desk) -> Vec<String> {
    let command = "ss --no-header --tcp --numeric --processes state established '( dport = :859 )'";
    let sockets = desk.laptop.must(command).stdout;
    let lines = sockets.lines().filter(|line| line.contains("dockerd"));
    lines.filter_map(|line| line.split_whitespace().nth(2)).map(str::to_owned).collect()
}
