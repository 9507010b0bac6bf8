//! Many clients at once.

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enrolled, policy};
use acceptance::pull::Flavor;
use serde_json::json;

use super::wire::Client;
use crate::network::lab::{arrived, denied};

/// Holds this many connections open as `bob`, greeted and silent, until the file is gone.
const IDLE: &str = r#"
use IO::Socket::UNIX;
my $hello = '{"protocol":1,"build":"0.1.0"}';
my @held;
for (1 .. 300) {
    my $client = IO::Socket::UNIX->new(Peer => '/run/pullgate/control.sock') or last;
    print $client pack('N', length $hello), $hello;
    $client->flush;
    push @held, $client;
}
open my $ready, '>', '/tmp/held';
close $ready;
select undef, undef, undef, 0.1 while -e '/tmp/held';
"#;

#[test]
fn a_crowd_of_clients_is_served_and_nobody_can_lock_the_others_out() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let askers: Vec<_> = (0..300).map(|_| Client::connect(&laptop)).collect();
    let answered = std::thread::scope(|scope| {
        let ask = |mut client: Client| {
            client.send(&json!({ "protocol": 1, "build": "0.1.0" }));
            client.send(&json!({ "kind": "explain", "image": "someuser/tool:1" }));
            let hello = client.receive().is_some();
            hello && client.receive().is_some_and(|answer| answer["kind"] == "explain")
        };
        let threads: Vec<_> = askers.into_iter().map(|client| scope.spawn(move || ask(client))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).filter(|answered| *answered).count()
    });
    assert_eq!(answered, 300);
    bob_holds_what_he_can(&laptop);
}

fn bob_holds_what_he_can(laptop: &Laptop) {
    laptop.write_file("/tmp/idle.pl", IDLE);
    laptop.must("systemd-run --quiet --uid=bob --unit=idle -p LimitNOFILE=4096 perl /tmp/idle.pl");
    laptop.wait_for("bob holds 300 connections", |laptop| laptop.run("test -e /tmp/held").code == 0);
    let status = laptop.run("timeout 10 pullgate status");
    assert_eq!(status.code, 0, "{}", status.terminal);
    assert_eq!(laptop.run("timeout 10 pullgate explain evil/miner:1").code, 3);
    arrived(&Flavor::SkopeoCopy.attempt(laptop, "docker.io/library/official:1"));
    denied(&Flavor::SkopeoCopy.attempt(laptop, "docker.io/evil/miner:1"));
    laptop.must("rm /tmp/held");
    laptop.wait_for("bob is served again", |laptop| {
        laptop.run_as(acceptance::laptop::Person::Bob, "timeout 5 pullgate status").code == 0
    });
}
