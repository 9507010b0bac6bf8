//! `cargo xtask scan`: both fronts in a laptop, looked at by `testssl` for a few minutes. What it finds is printed; what
//! is of low severity or higher ends it with an error.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

use std::process::ExitCode;

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enrolled, policy};
use acceptance::relay::relay;
use serde_json::{Value, json};

const HOST: &str = "registry-1.docker.io";
/// Protocols, ciphers, forward secrecy, the server's preferences and known attacks: what is ours. Certificates of the
/// machine's own authority and fields of HTTP are nothing that `testssl` could judge.
const LOOKS: &str = "-p -s -f -P -U";

fn main() -> ExitCode {
    let laptop = enrolled(Options::daemonless().scanners(), &policy(json!({})));
    let proxy = format!("--ip 127.0.0.1 {HOST}:{}", relay(&laptop, HOST));
    let fronts = [("proxy", proxy.as_str()), ("mirror", "127.0.0.1:858")];
    let mut found = 0;
    for (front, place) in fronts {
        println!("── the {front} front");
        found += scan(&laptop, front, place);
    }
    if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn scan(laptop: &Laptop, front: &str, place: &str) -> usize {
    let report = format!("/tmp/{front}.json");
    // It takes longer than one command in a laptop may.
    let command = format!(
        "systemd-run --quiet --unit=scan-{front} testssl --quiet --color 0 --warnings batch --openssl-timeout 5 {LOOKS} --jsonfile {report} {place}"
    );
    laptop.must(&command);
    while laptop.run(&format!("systemctl is-active --quiet scan-{front}")).code == 0 {
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    let findings = laptop.read_file(&report).unwrap_or_default();
    let findings: Vec<Value> = serde_json::from_str(&findings).unwrap_or_default();
    let severity = |one: &Value| one["severity"].as_str().unwrap_or_default().to_owned();
    for one in &findings {
        println!("{:8} {}: {}", severity(one), one["id"], one["finding"]);
    }
    if findings.is_empty() {
        println!("{}", laptop.run(&format!("journalctl --no-pager -u scan-{front} | tail -n 40")).stdout);
        return 1;
    }
    // `WARN` tells of the scanner, `DEBUG` of nothing.
    let faults = ["LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL"];
    findings.iter().filter(|one| faults.contains(&severity(one).as_str())).count()
}
