//! A journal that cannot be written or read.

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enrolled, policy, while_stopped};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{arrived, condition, denied, entries, masked, status};

const FOLDER: &str = "/var/lib/pullgate";
const FILE: &str = "/var/lib/pullgate/journal.sqlite";
const ALLOWED: &str = "docker.io/library/official:1";

#[test]
fn a_journal_that_cannot_be_written_changes_no_decision_and_is_told() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let mount = "mount -t tmpfs -o size=512k,mode=700,uid=pullgate,gid=pullgate tmpfs";
    while_stopped(&laptop, &format!("{mount} {FOLDER}"));
    denied(&Flavor::SkopeoCopy.attempt(&laptop, "docker.io/someuser/before:1"));
    laptop.wait_for("it is recorded", |laptop| !entries(laptop, "docker.io/someuser/before").is_empty());
    laptop.run(&format!("cat /dev/zero > {FOLDER}/fill"));
    for number in 0..40 {
        denied(&Flavor::SkopeoInspect.attempt(&laptop, &format!("docker.io/someuser/full-{number}:1")));
        if condition(&laptop, "journal-failing").is_some() {
            break;
        }
    }
    arrived(&Flavor::SkopeoCopy.attempt(&laptop, ALLOWED));
    denied(&Flavor::SkopeoCopy.attempt(&laptop, "docker.io/evil/miner:1"));
    let shown = laptop.run("pullgate status").terminal;
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("journal_full", shown);
    });
    laptop.must(&format!("rm {FOLDER}/fill"));
    laptop.wait_for("it is recorded again", |laptop| {
        denied(&Flavor::SkopeoInspect.attempt(laptop, "docker.io/someuser/after:1"));
        condition(laptop, "journal-failing").is_none()
            && !entries(laptop, "docker.io/someuser/after").is_empty()
    });
    assert!(!entries(&laptop, "docker.io/someuser/before").is_empty());
}

#[test]
fn a_damaged_journal_is_set_aside_and_a_new_one_begun() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    denied(&Flavor::SkopeoInspect.attempt(&laptop, "docker.io/someuser/before:1"));
    laptop.wait_for("it is recorded", |laptop| !entries(laptop, "docker.io/someuser/before").is_empty());
    while_stopped(&laptop, &format!("rm -f {FILE}-*; head -c 20000 /dev/urandom > {FILE}"));
    let said = condition(&laptop, "journal-damaged").unwrap_or_default();
    let aside = said.split('`').nth(1).unwrap_or_default();
    assert!(
        laptop.read_file(aside).is_none_or(|kept| !kept.is_empty()) && aside.starts_with(FOLDER),
        "{said}"
    );
    assert_eq!(laptop.must(&format!("stat -c %s {aside}")).stdout.trim(), "20000");
    it_works(&laptop, "docker.io/someuser/after");
    while_stopped(&laptop, &format!("rm -f {FILE}*; mkdir {FILE}"));
    assert!(condition(&laptop, "journal-failing").is_some_and(|said| said.contains(FILE)));
    decisions_hold(&laptop);
    while_stopped(
        &laptop,
        &format!("rmdir {FILE}; sqlite3 {FILE} 'PRAGMA user_version = 99' && chown pullgate {FILE}"),
    );
    let said = condition(&laptop, "journal-failing").unwrap_or_default();
    assert!(said.contains("99"), "{said}");
    decisions_hold(&laptop);
    assert_eq!(laptop.must(&format!("sqlite3 {FILE} 'PRAGMA user_version'")).stdout, "99\n");
    while_stopped(&laptop, &format!("rm {FILE}; touch {FILE}; chmod 000 {FILE}; chown root {FILE}"));
    assert!(condition(&laptop, "journal-failing").is_some());
    decisions_hold(&laptop);
    while_stopped(&laptop, &format!("rm {FILE}"));
    it_works(&laptop, "docker.io/someuser/again");
    assert_eq!(status(&laptop)["conditions"], json!([]));
}

fn decisions_hold(laptop: &Laptop) {
    arrived(&Flavor::SkopeoCopy.attempt(laptop, ALLOWED));
    denied(&Flavor::SkopeoCopy.attempt(laptop, "docker.io/evil/miner:1"));
    for command in ["pullgate log", "pullgate blocked", "pullgate why"] {
        let output = laptop.run(command);
        assert!(
            output.code == 1 && !output.stderr.is_empty(),
            "{command}: {} {}",
            output.code,
            output.terminal
        );
    }
}

fn it_works(laptop: &Laptop, repository: &str) {
    denied(&Flavor::SkopeoInspect.attempt(laptop, &format!("{repository}:1")));
    laptop.wait_for("it is recorded", |laptop| !entries(laptop, repository).is_empty());
}
