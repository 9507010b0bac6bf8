//! Acme's world: the images that Docker Hub holds, and what Acme has decided about them.

use acceptance::internet::Image;
use acceptance::laptop::Laptop;
use serde_json::{Value, json};

/// Somebody's image on Docker Hub that Ada would like to use.
pub(crate) const WANTED: &str = "handyman/toolbox:3";

/// What developers' tools pull for themselves.
const HELPERS: [&str; 4] = ["docker/dockerfile", "moby/buildkit", "tonistiigi/binfmt", "testcontainers/ryuk"];

/// Fills Docker Hub.
pub(crate) fn publish(laptop: &Laptop) {
    let internet = laptop.internet();
    let images = [
        ("library/nginx", "1.29"),
        ("hashicorp/vault", "1.21"),
        ("handyman/toolbox", "3"),
        ("fan/miner", "1"),
    ];
    for (repository, tag) in images {
        internet.publish(&Image::new(&format!("docker.io/{repository}"), &[tag]));
    }
    internet.publish(&Image::new("docker.io/acme/billing", &["2026.11"]).private());
}

/// Acme's policy, with these entries in addition in its list of allowed images.
pub(crate) fn policy(serial: u32, more: &[Value]) -> Value {
    let helper = |name: &&str| {
        let id = name.replace('/', "-");
        json!({ "id": id, "match": format!("docker.io/{name}"), "reason": "Build helper", "by": "platform" })
    };
    let allow: Vec<Value> = HELPERS.iter().map(helper).chain(more.iter().cloned()).collect();
    json!({
        "schema": "1.0",
        "organization": "acme",
        "serial": serial,
        "issued": "2026-11-01T08:00:00Z",
        "hub": {
            "organizations": ["acme"],
            "classes": {
                "organization": "allow", "official": "allow", "verifiedPublisher": "allow", "community": "block",
            },
        },
        "registries": {
            "default": "block",
            "entries": [{ "id": "hub", "host": "docker.io", "action": "allow" }],
        },
        "allow": allow,
        "messages": { "support": "Ask in #container-help" },
    })
}

/// The entry that lets Ada have the image she wants, until that day.
pub(crate) fn exception(expires: &str) -> String {
    format!(
        r#"{{
  "id": "toolbox",
  "match": "docker.io/handyman/toolbox",
  "tags": ["3"],
  "reason": "Moving the billing database",
  "by": "platform",
  "expires": "{expires}"
}}"#
    )
}
