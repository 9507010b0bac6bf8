//! A signed policy is fetched, in force at once, and told of once.

use std::time::{Duration, Instant};

use acceptance::pull::Flavor;
use acceptance::signing::{PLATFORM, id};
use serde_json::{Value, json};

use super::desk::{EVIL, OFFICIAL, STALE, desk, snapshot};
use crate::network::lab::{arrived, denied, status};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_signed_policy_of_the_web_is_in_force_and_says_who_signed_it() {
    let desk = desk();
    let status = status(&desk.laptop);
    assert_eq!(status["policy"]["signedBy"], json!([id(PLATFORM)]));
    assert_eq!((&status["conditions"], desk.said(STALE)), (&json!([]), None));
    arrived(&Flavor::DockerPull.attempt(&desk.laptop, OFFICIAL));
    denied(&Flavor::DockerPull.attempt(&desk.laptop, EVIL));
    desk.laptop.must(&format!("docker rmi {OFFICIAL}"));
    let shown = desk.laptop.must("pullgate policy show").terminal;
    // What an earlier test had in force may have been another policy.
    let lines = shown.split_inclusive('\n').filter(|line| !line.starts_with("New "));
    snapshot("show", &lines.collect::<String>());
}

/// What was written a while ago, as on any policy host.
const A_WHILE_AGO: &str = "touch -d '1 minute ago' /srv/policy/v1/*";

#[test]
fn what_is_as_it_was_is_not_sent_again() {
    let desk = desk();
    desk.laptop.must(A_WHILE_AGO);
    let mut expected = Vec::new();
    for status in [200, 304, 304] {
        desk.laptop.must("pullgate policy refresh");
        let files = ["/v1/trust.json", "/v1/policy.json", "/v1/catalog.json"];
        expected.extend(files.map(|file| (file.to_owned(), status)));
    }
    assert_eq!(desk.asked(), expected);
}

#[test]
fn two_editions_of_one_second_and_one_size_are_told_apart() {
    let mut desk = desk();
    // The server's tag is made of the two.
    let second = "touch -d @$(cat /tmp/second) /srv/policy/v1/* && pullgate policy refresh";
    desk.publish(json!({ "onStale": "strict" }));
    desk.laptop.must(&format!("date +%s > /tmp/second && {second}"));
    desk.publish(json!({ "onStale": "strict" }));
    desk.laptop.must(second);
    desk.is_in_force(desk.serial);
}

#[test]
fn a_service_that_starts_anew_asks_once_for_everything_and_then_compares() {
    let desk = desk();
    desk.laptop.must(A_WHILE_AGO);
    desk.laptop.must("systemctl restart pullgate.service");
    desk.laptop.wait_for("the host is asked", |_| desk.asked().len() >= 3);
    desk.laptop.must("pullgate policy refresh");
    let statuses: Vec<u16> = desk.asked().iter().map(|(_, status)| *status).collect();
    assert_eq!(statuses, [200, 200, 200, 304, 304, 304]);
}

/// Asks twice over one connection; the second question waits until the pipe with the first answer is read.
const CLIENT: &str = "options='--silent --proxy http://127.0.0.1:859 --cacert /etc/pullgate/ca/pullgate-intercept.pem'
url=https://registry-1.docker.io/v2/library/official/manifests/1
curl $options --output /tmp/pipe --write-out 'code %{http_code}\\n' $url \\
  --next $options --output /dev/null --write-out 'code %{http_code} opened %{num_connects}\\n' $url > /tmp/codes.new
mv /tmp/codes.new /tmp/codes
";

#[test]
fn a_new_edition_is_in_force_within_a_second_of_a_refresh_also_on_an_open_connection() {
    let mut desk = desk();
    desk.publish(json!({ "hub": { "classes": { "official": "block" } } }));
    desk.laptop.write_file("/tmp/client", CLIENT);
    desk.laptop.must(
        "rm -f /tmp/pipe /tmp/codes && mkfifo /tmp/pipe && systemd-run --quiet --unit=client bash /tmp/client",
    );
    desk.laptop.wait_for("the first request", |laptop| {
        laptop.internet().requests().iter().any(|asked| asked.host == "registry-1.docker.io")
    });
    let started = Instant::now();
    desk.laptop.must("pullgate policy refresh");
    let took = started.elapsed();
    eprintln!("a new edition was in force {took:?} after `pullgate policy refresh` began");
    assert!(took < SECOND, "{took:?}");
    let codes =
        desk.laptop.must("cat /tmp/pipe > /dev/null; until [ -s /tmp/codes ]; do :; done; cat /tmp/codes");
    assert_eq!(codes.stdout, "code 401\ncode 403 opened 0\n");
    denied(&Flavor::DockerPull.attempt(&desk.laptop, OFFICIAL));
}

#[test]
fn people_are_told_once_and_only_of_what_changes_for_them() {
    let mut desk = desk();
    let told = |desk: &super::desk::Desk| -> Vec<String> {
        let log = desk.laptop.must("journalctl -u pullgate.service -o cat --no-pager").stdout;
        let lines = log.lines().filter(|line| line.contains("what the policy changes for people"));
        lines.map(str::to_owned).collect()
    };
    let before = told(&desk).len();
    desk.rule(json!({ "x-note": "nobody notices" }));
    assert_eq!(told(&desk).len(), before);
    desk.publish(json!({
        "hub": { "organizations": ["acme"], "classes": { "organization": "allow", "official": "allow", "community": "audit" } },
        "deny": [{ "id": "d1", "match": "docker.io/evil/**" }, { "id": "d2", "match": "docker.io/grafana/tool" }],
    }));
    for _ in 0..3 {
        desk.laptop.must("pullgate policy refresh");
    }
    let all = told(&desk);
    assert_eq!(all.len(), before + 1, "{all:?}");
    snapshot("told", all.last().map_or("", String::as_str));
}

#[test]
fn a_signed_set_says_so_to_programs() {
    let desk = desk();
    let shown: Value =
        serde_json::from_str(&desk.laptop.must("pullgate policy show --json").stdout).expect("JSON");
    assert_eq!(shown["state"]["source"], super::desk::URL);
    assert_eq!(shown["document"]["serial"], json!(desk.serial));
}
