//! The product on a laptop: installed as its package would, enrolled with a policy.

use std::path::Path;

use serde_json::{Value, json};

use crate::laptop::{Laptop, Options, Output, product};

/// The options of a laptop that is going to have the product.
pub fn with_product(options: Options) -> Options {
    let units = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/packaging/systemd");
    let mut options = options.binary("pullgate", &product());
    let files = std::fs::read_dir(&units).expect("the units are in the checkout");
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let place = match name.rsplit_once('.') {
            Some((_, "sysusers")) => "/usr/lib/sysusers.d/pullgate.conf".to_owned(),
            Some((_, "tmpfiles")) => "/usr/lib/tmpfiles.d/pullgate.conf".to_owned(),
            _ => format!("/usr/lib/systemd/system/{name}"),
        };
        options = options.file(&place, std::fs::read(file.path()).expect("a unit can be read"));
    }
    options
}

/// Installs the product and starts its sockets; nothing is enrolled and nothing routed.
pub fn install(laptop: &Laptop) {
    laptop.must(
        "cp /opt/lab/pullgate /usr/bin/pullgate && systemd-sysusers && systemd-tmpfiles --create pullgate.conf \
         && systemctl daemon-reload",
    );
    laptop.must(&format!("systemctl start {SOCKETS}"));
}

/// What starts the service once somebody speaks to it.
const SOCKETS: &str =
    "pullgate-control.socket pullgate-proxy.socket pullgate-mirror.socket pullgate-steward.socket";

/// Runs a shell command as root while the service is stopped, together with its sockets: whoever speaks to one would
/// start it in the middle. Fails the test unless the command succeeds.
pub fn while_stopped(laptop: &Laptop, command: &str) -> Output {
    laptop.must(&format!("systemctl stop {SOCKETS} pullgate.service && {command}"));
    laptop.must(&format!("systemctl start {SOCKETS} pullgate.service"))
}

/// Enrolls the laptop with this policy and routes every engine it has.
pub fn enroll(laptop: &Laptop, policy: &Value) -> Output {
    write_policy(laptop, policy);
    laptop.write_file("/root/enrollment.toml", ENROLLMENT);
    laptop.must("pullgate enroll /root/enrollment.toml")
}

/// Boots a laptop with the product enrolled and its engines routed.
pub fn enrolled(options: Options, policy: &Value) -> Laptop {
    let laptop = Laptop::boot(&with_product(options));
    install(&laptop);
    enroll(&laptop, policy);
    laptop
}

/// Replaces the policy as an administrator does: whole, under a higher serial. Returns at once.
pub fn write_policy(laptop: &Laptop, policy: &Value) {
    laptop.write_file("/etc/pullgate/policy/new", policy.to_string());
    laptop.must("mv /etc/pullgate/policy/new /etc/pullgate/policy/policy.json");
}

/// The policy that most tests are under, with some keys replaced.
pub fn policy(change: Value) -> Value {
    let mut policy = json!({
        "schema": "1.0", "organization": "acme", "serial": 1, "issued": "2026-11-22T06:00:00Z",
        "hub": {
            "organizations": ["acme"],
            "classes": { "organization": "allow", "official": "allow", "verifiedPublisher": "allow" },
        },
        "registries": { "default": "block", "entries": [
            { "id": "hub", "host": "docker.io", "action": "allow" },
            { "id": "ghcr", "host": "ghcr.io", "paths": ["acme/**"], "action": "allow" },
        ] },
        "deny": [{ "id": "d1", "match": "docker.io/evil/**", "reason": "Known miner" }],
        "allow": [
            { "id": "a1", "match": "docker.io/localstack/localstack", "tags": ["4.*"], "reason": "Approved for QA", "by": "secops" },
            { "id": "a2", "match": "docker.io/old/expired", "reason": "For a week", "by": "secops", "expires": "2026-01-31T00:00:00Z" },
            { "id": "a3", "match": "docker.io/docker/dockerfile", "reason": "Build helper", "by": "secops" },
        ],
        "messages": { "support": "Ask in #container-help" },
    });
    if let (Value::Object(policy), Value::Object(change)) = (&mut policy, change) {
        policy.extend(change);
    }
    policy
}

/// Acme's enrollment, with its policy in a folder of the laptop.
pub const ENROLLMENT: &str = r#"organization = "acme"

[policy]
url = "file:///etc/pullgate/policy/"
keys = []

[contact]
name = "Platform team"
email = "platform@acme.example"
"#;
