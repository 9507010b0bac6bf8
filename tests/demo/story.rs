//! The story, scene by scene.

use std::time::Instant;

use acceptance::laptop::{Laptop, Person};

use super::publisher;
use super::setting::{self, WANTED};
use super::sign_in;
use super::terminal::{Terminal, say};

/// Every file that decides where an engine pulls from.
const CONFIGURATION: &str = "find /etc/docker /etc/containers /etc/containerd /etc/systemd/system -type f \
                             | sort | xargs sha256sum";

pub(crate) fn play(laptop: &Laptop, terminal: &mut Terminal<'_>) {
    let untouched = laptop.must(CONFIGURATION).stdout;
    let container = before(laptop, terminal);
    enrolled(laptop, terminal);
    allowed(laptop, terminal);
    blocked(terminal);
    changed(laptop, terminal);
    elsewhere(laptop, terminal);
    looked_at(terminal);
    given_back(laptop, terminal, &untouched, &container);
}

fn before(laptop: &Laptop, terminal: &mut Terminal<'_>) -> String {
    terminal.chapter("An ordinary morning: whatever is asked for comes in");
    terminal.types(Person::Ada, "docker pull fan/miner:1", 0);
    terminal.types(Person::Ada, "docker image rm --force fan/miner:1", 0);
    say("Ada thinks better of it. The next one she needs all day:");
    terminal.types(Person::Ada, "docker run --detach --name site nginx:1.29 sleep 1h", 0);
    pid(laptop)
}

fn enrolled(laptop: &Laptop, terminal: &mut Terminal<'_>) {
    terminal.chapter("Acme decides, and signs what it has decided");
    publisher::found(laptop, terminal);
    publisher::publish(laptop, terminal, &setting::policy(1, &[]));
    terminal.chapter("The laptop becomes one of Acme's");
    laptop.write_file("/root/enrollment.toml", publisher::enrollment(laptop));
    terminal.types(Person::Root, "pullgate enroll /root/enrollment.toml", 0);
    say("From now on images wait until somebody has signed in:");
    terminal.types(Person::Ada, "docker pull hashicorp/vault:1.21", 1);
    terminal.chapter("Ada signs in, and nothing has to be restarted");
    sign_in::play(laptop, terminal);
    terminal.types(Person::Ada, "pullgate status", 0);
}

fn allowed(laptop: &Laptop, terminal: &mut Terminal<'_>) {
    terminal.chapter("What Acme allows arrives as before");
    say("A verified publisher's image:");
    terminal.types(Person::Ada, "docker pull hashicorp/vault:1.21", 0);
    let login = laptop.run_as(Person::Ada, "docker login --username ada --password-stdin <<< ada-secret");
    assert!(login.code == 0, "{}", login.terminal);
    say("Acme's own private image, with the login that Ada has from `docker login`:");
    terminal.types(Person::Ada, "docker pull acme/billing:2026.11", 0);
}

fn blocked(terminal: &mut Terminal<'_>) {
    terminal.chapter("What Acme does not allow stops, and says why");
    terminal.types(Person::Ada, &format!("docker pull {WANTED}"), 1);
    terminal.types(Person::Ada, "pullgate why", 0);
}

fn changed(laptop: &Laptop, terminal: &mut Terminal<'_>) {
    terminal.chapter("Acme decides again, for two weeks");
    let expires = laptop.must("date --utc --date '+14 days' +%FT00:00:00Z").stdout;
    let entry = setting::exception(expires.trim());
    say("Ada asked in #container-help. An administrator adds this to the list of allowed images:");
    println!("\n{}", entry.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n"));
    let policy = setting::policy(2, &[serde_json::from_str(&entry).expect("the entry is JSON")]);
    publisher::publish(laptop, terminal, &policy);
    say("Every machine fetches it within minutes by itself. This one is told to do so now:");
    let asked = Instant::now();
    terminal.types(
        Person::Root,
        "pullgate policy refresh > /dev/null && pullgate explain handyman/toolbox:3",
        0,
    );
    say(&format!("In force after {} ms. The same pull again:", asked.elapsed().as_millis()));
    terminal.types(Person::Ada, &format!("docker pull {WANTED}"), 0);
}

fn elsewhere(laptop: &Laptop, terminal: &mut Terminal<'_>) {
    terminal.chapter("Every other engine gives the same answer");
    terminal.types(Person::Root, "podman pull --quiet docker.io/library/nginx:1.29", 0);
    terminal.types(Person::Root, "podman pull docker.io/fan/miner:1", 125);
    laptop.write_file("/home/ada/site/Dockerfile", "FROM acme/billing:2026.11\nLABEL of=Ada\n");
    laptop.write_file("/home/ada/game/Dockerfile", "FROM fan/miner:1\nLABEL of=Ada\n");
    say("Two builds by BuildKit, one from Acme's own image and one from somebody's:");
    terminal.types(Person::Ada, "docker build --quiet --tag site site", 0);
    terminal.types(Person::Ada, "docker build --quiet --tag game game", 1);
}

fn looked_at(terminal: &mut Terminal<'_>) {
    terminal.chapter("What there is to see");
    terminal.types(Person::Ada, "pullgate blocked", 0);
    terminal.types(Person::Ada, "pullgate engines", 0);
    terminal.types(Person::Ada, "pullgate sign-out", 0);
}

fn given_back(laptop: &Laptop, terminal: &mut Terminal<'_>, untouched: &str, container: &str) {
    terminal.chapter("And off again, without a trace");
    terminal.types(Person::Root, "pullgate unenroll --yes", 0);
    assert_eq!(laptop.must(CONFIGURATION).stdout, untouched, "every file is as it was");
    say("Every configuration file is byte for byte what it was, and the morning's pull works as it did:");
    terminal.types(Person::Ada, "docker pull fan/miner:1", 0);
    assert_eq!(pid(laptop), container, "the container runs on");
    terminal.types(Person::Ada, "docker ps --format '{{.Names}}: {{.Image}}, {{.Status}}'", 0);
    say("The morning's container never noticed: it is still the same process.");
}

fn pid(laptop: &Laptop) -> String {
    laptop.must("docker inspect --format '{{.State.Pid}}' site").stdout
}
