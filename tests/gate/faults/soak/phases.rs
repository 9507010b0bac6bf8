//! What is going on when somebody is killed.

use acceptance::pull::Flavor;

use super::{FOLDER, Soak, laws};
use crate::network::lab::arrived;

const KILL: &str =
    "systemctl kill --kill-whom=main --signal=KILL pullgate.service 2> /dev/null && echo killed";
const KILL_STEWARD: &str =
    "systemctl kill --kill-whom=main --signal=KILL pullgate-steward.service 2> /dev/null && echo killed";
const IMAGE: &str = "docker.io/library/official:1";
const STATE: &str = "/var/lib/pullgate";
/// Where what lay there after each kill is kept.
const SEEN: &str = "/var/tmp/seen";
const LATEST: &str = "SELECT id FROM entries ORDER BY row DESC LIMIT 24";
const KILLS_AT_A_TIME: usize = 4;
/// How often the steward dies before a change comes to its end.
const KILLS_OF_A_CHANGE: usize = 5;
/// Where Podman is configured, whose change needs no restart.
const PODMAN: &[&str] = &["/etc/containers"];
const DOCKER: &[&str] = &["/etc/docker", "/etc/systemd"];

/// The next phase, by chance: those whose files matter most come most often.
pub(super) fn next(soak: &mut Soak<'_>) {
    match soak.random.below(20) {
        0..=7 => policy_update(soak),
        8..=14 => journal_write(soak),
        15..=16 => session_refresh(soak),
        17 => engine_change(soak, "podman", PODMAN, 400),
        18 if soak.random.below(4) == 0 => engine_change(soak, "docker", DOCKER, 3000),
        _ => pulls(soak),
    }
}

/// So many kills that each phase has its share. Podman is given back and routed again before anybody pulls.
pub(super) fn each(soak: &mut Soak<'_>, rounds: usize) {
    engine_change(soak, "podman", PODMAN, 400);
    engine_change(soak, "podman", PODMAN, 400);
    for _ in 0..rounds {
        policy_update(soak);
        journal_write(soak);
        pulls(soak);
    }
    session_refresh(soak);
}

/// Nothing of all that has become less than it was.
pub(super) fn end(soak: &mut Soak<'_>) {
    soak.desk.laptop.must("pullgate engines apply");
    let different = soak.engines.different(&soak.desk.laptop, true, &["/"]);
    soak.hold(different.is_empty(), || format!("at the end: {different:?}"));
    soak.desk.forget_images();
    arrived(&Flavor::DockerPull.attempt(&soak.desk.laptop, IMAGE));
    soak.desk.stops(Flavor::DockerPull, "docker.io/evil/miner:1");
    let asked = soak.desk.laptop.internet().requests();
    let blocked = |repository: &Option<String>| repository.as_ref().is_some_and(|it| it.contains("/evil/"));
    let evil = asked.iter().filter(|one| blocked(&one.repository)).count();
    soak.hold(evil == 0, || format!("a registry was asked {evil} times for what is blocked"));
    laws::hold(soak, "at the end");
}

/// A policy in its place, whole.
fn put(policy: &str) -> String {
    format!("cat > {FOLDER}/new <<'E'\n{policy}\nE\nmv {FOLDER}/new {FOLDER}/policy.json")
}

/// One policy after the other is put in its place, and each time the service dies while it reads and keeps it, or right
/// after it said so.
fn policy_update(soak: &mut Soak<'_>) {
    let mut steps = Vec::new();
    for _ in 0..KILLS_AT_A_TIME {
        soak.serial += 1;
        let (put, wait) = (put(&soak.policy(soak.serial)), soak.random.wait(500));
        steps.push(format!("{put}; sleep {wait}"));
    }
    let is_said = soak.random.below(2) == 0;
    if is_said {
        soak.serial += 1;
        steps.push(format!("{}; pullgate policy refresh", put(&soak.policy(soak.serial))));
    }
    kill_after(soak, "policy update", &steps);
    if is_said {
        soak.confirmed = soak.serial;
    }
    laws::hold(soak, "policy update");
    if soak.random.below(4) == 0 {
        an_older_one_is_refused(soak);
    }
}

/// Kills the service after each step, sees what lies on its disk then, and counts how often there was one.
fn kill_after(soak: &mut Soak<'_>, phase: &'static str, steps: &[String]) {
    let look = |number: usize| {
        let folder = format!("{SEEN}/{number}");
        format!("mkdir -p {folder}; cp {STATE}/*.json {STATE}/*.jsonl {STATE}/session {folder} 2> /dev/null")
    };
    let script: Vec<String> =
        steps.iter().enumerate().map(|(number, step)| format!("{step}\n{KILL}\n{}", look(number))).collect();
    let said = soak.desk.laptop.run(&format!("rm -rf {SEEN}\n{}", script.join("\n"))).stdout;
    soak.killed(phase, said.lines().filter(|line| *line == "killed").count());
    let ids = said.lines().filter(|line| line.starts_with("pg-"));
    soak.rows.extend(ids.map(str::to_owned));
    for number in 0..steps.len() {
        laws::whole(soak, &format!("{SEEN}/{number}"), phase);
    }
}

/// Somebody puts an older policy there, which the same key has signed, and the service dies.
fn an_older_one_is_refused(soak: &mut Soak<'_>) {
    let newest = soak.policy(soak.serial);
    let older = soak.policy(soak.serial - 1);
    soak.desk.laptop.must("pullgate policy refresh");
    laws::hold(soak, "before the older policy");
    kill_after(soak, "policy update", &[put(&older)]);
    let mut serial = None;
    soak.desk.laptop.wait_for("the service serves", |laptop| {
        let said = laptop.run("pullgate status --json");
        let status: serde_json::Value = serde_json::from_str(&said.stdout).unwrap_or_default();
        serial = status["policy"]["stamp"]["serial"].as_u64();
        said.code == 0
    });
    let confirmed = soak.confirmed;
    soak.hold(serial == Some(confirmed), || format!("an older policy came: {serial:?} after {confirmed}"));
    soak.desk.laptop.must(&format!("{}; pullgate policy refresh", put(&newest)));
    laws::hold(soak, "after the older policy");
}

/// Many are blocked at once, and the service dies while it writes that down; what was written by then is noted.
fn journal_write(soak: &mut Soak<'_>) {
    let total = soak.total();
    let mut steps = Vec::new();
    for number in 0..KILLS_AT_A_TIME {
        let url = format!("https://127.0.0.1:858/v2/docker.io/evil/soak-{total}-{number}-[1-24]/manifests/1");
        let storm = format!("curl -sk --parallel --max-time 20 -o /dev/null -w '%{{http_code}}\\n' '{url}'");
        let wait = soak.random.wait(500);
        steps.push(format!(
            "{storm} >> /tmp/codes &\nsleep {wait}; sqlite3 {STATE}/journal.sqlite '{LATEST}'"
        ));
    }
    soak.desk.laptop.must(": > /tmp/codes");
    kill_after(soak, "journal write", &steps);
    let codes = soak.desk.laptop.run("cat /tmp/codes").stdout;
    let passed = codes.lines().filter(|code| !matches!(*code, "403" | "000" | "")).count();
    soak.hold(passed == 0, || format!("what is blocked was answered with {codes}"));
    laws::hold(soak, "journal write");
}

/// It is time to ask the provider again; the service dies before the answer, or while it keeps it.
fn session_refresh(soak: &mut Soak<'_>) {
    soak.desk.pass(2);
    let wait = soak.random.wait(1200);
    // The first start finds that it is time.
    kill_after(soak, "session refresh", &["true".to_owned(), format!("sleep {wait}")]);
    let status = laws::hold(soak, "session refresh");
    if status["signIn"]["state"] == "offlineGrace" {
        soak.desk.ada_signs_in();
        laws::hold(soak, "another sign-in");
    }
}

/// An engine is given back or routed, and the steward dies in one of the steps, again and again; then the same command
/// brings it to its end.
fn engine_change(soak: &mut Soak<'_>, engine: &'static str, below: &[&str], longest: u64) {
    let is_routed = !soak.engines.is_routed(engine);
    let command = format!("pullgate engines {} {engine}", if is_routed { "apply" } else { "restore" });
    let mut tried = Vec::new();
    for _ in 0..KILLS_OF_A_CHANGE {
        let wait = soak.random.wait(longest);
        let killed = soak.desk.laptop.run(&format!(
            "systemctl start pullgate-steward.service; {command} > /dev/null 2>&1 & sleep {wait}; {KILL_STEWARD}; wait"
        ));
        let phase = if engine == "podman" { "engine without restart" } else { "engine with restart" };
        soak.killed(phase, killed.stdout.matches("killed").count());
        tried.push(wait);
        let torn = soak.engines.torn(&soak.desk.laptop);
        soak.hold(torn.is_empty(), || format!("{command} after {tried:?} s: torn: {torn:?}"));
    }
    let again = soak.desk.laptop.run(&command);
    soak.hold(again.code == 0, || format!("{command} after {tried:?} s, again: {}", again.terminal));
    soak.engines.set_routed(engine, is_routed);
    let different = soak.engines.different(&soak.desk.laptop, is_routed, below);
    soak.hold(different.is_empty(), || format!("{command} after {tried:?} s, again: {different:?}"));
    let left = soak
        .desk
        .laptop
        .run("find /etc /var/lib/pullgate-steward -name '.pullgate-*' -o -name candidate")
        .stdout;
    soak.hold(left.is_empty(), || format!("{command} after {tried:?} s: left behind: {left}"));
}

/// People's programs die in the middle of their pulls, several at once. Where Podman's family was given back, it asks the
/// registry itself, and what is blocked is not its question.
fn pulls(soak: &mut Soak<'_>) {
    let blocked = if soak.engines.is_routed("podman") {
        "skopeo inspect docker://docker.io/evil/miner:1 &"
    } else {
        ""
    };
    let copies = format!(
        "for n in 1 2 3; do skopeo copy -q docker://docker.io/library/official:1 dir:/var/tmp/soak/$n & done; \
         {blocked} docker pull -q library/official:1 &"
    );
    let wait = soak.random.wait(300);
    let said = soak.desk.laptop.run(&format!(
        "docker rmi -f official:1 > /dev/null; rm -rf /var/tmp/soak; mkdir -p /var/tmp/soak; {{ {copies} }} > /dev/null 2>&1; \
         sleep {wait}; for pid in $(jobs -p); do kill -KILL $pid 2> /dev/null && echo killed; done"
    ));
    soak.killed("pulls of people", said.stdout.matches("killed").count());
    laws::hold(soak, "pulls of people");
}
