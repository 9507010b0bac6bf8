//! Acme's administrator: has the keys, signs, and publishes on the policy host.

use acceptance::laptop::{Laptop, Person};
use acceptance::policy_host::POLICY_HOST;
use acceptance::provider::{CLIENT, ISSUER};
use serde_json::{Value, json};

use super::terminal::{Terminal, say};

const FOLDER: &str = "/root/acme";

/// Makes the keys and says by which of them a policy is believed.
pub(crate) fn found(laptop: &Laptop, terminal: &Terminal<'_>) {
    laptop.must(&format!("mkdir -p {FOLDER}"));
    terminal.types(
        Person::Root,
        &format!("cd {FOLDER} && pullgate policy keygen root && pullgate policy keygen platform"),
        0,
    );
    let platform = laptop.must(&format!("cat {FOLDER}/platform.public")).stdout;
    let trust = json!({
        "schema": "1.0", "organization": "acme", "version": 1,
        "issued": "2026-11-01T08:00:00Z", "expires": "2036-11-01T08:00:00Z",
        "policyKeys": [{ "public": platform.trim() }], "threshold": 1,
    });
    laptop.write_file(&format!("{FOLDER}/trust.in.json"), trust.to_string());
    let sign = "pullgate policy sign --trust --key root.secret trust.in.json --output trust.json";
    terminal.types(Person::Root, &format!("cd {FOLDER} && {sign}"), 0);
    put(laptop, "trust.json");
}

/// Signs an edition and publishes it.
pub(crate) fn publish(laptop: &Laptop, terminal: &Terminal<'_>, policy: &Value) {
    laptop.write_file(&format!("{FOLDER}/policy.in.json"), policy.to_string());
    let sign = "pullgate policy sign --key platform.secret policy.in.json --output policy.json";
    terminal.types(Person::Root, &format!("cd {FOLDER} && {sign}"), 0);
    put(laptop, "policy.json");
    say(&format!("It is on {POLICY_HOST}/pullgate/ now, a plain web server."));
}

fn put(laptop: &Laptop, name: &str) {
    let bytes = laptop.must(&format!("cat {FOLDER}/{name}")).stdout;
    laptop.policy_host().put(&format!("pullgate/{name}"), bytes);
}

/// The enrollment that Acme hands out.
pub(crate) fn enrollment(laptop: &Laptop) -> String {
    let root = laptop.must(&format!("cat {FOLDER}/root.public")).stdout;
    format!(
        r#"organization = "acme"

[identity]
issuer = "{ISSUER}"
client_id = "{CLIENT}"
scopes = ["openid", "offline_access", "groups", "profile"]
membership = {{ claim = "groups", contains = "engineering" }}

[policy]
url = "{POLICY_HOST}/pullgate/"
keys = ["{}"]

[contact]
name = "Platform team"
email = "platform@acme.example"
"#,
        root.trim()
    )
}
