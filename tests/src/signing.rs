//! Acme's keys and what it signs with them, by the product's own code: good documents, and bad ones that its command
//! line would refuse to sign.

use policy_bundle::{PayloadType, SigningKey, sha256, sign};
use serde_json::{Value, json};

use crate::laptop::Laptop;
use crate::product;

/// The root key of Acme's enrollment.
pub const ROOT: u8 = 1;
/// The key that signs Acme's policies.
pub const PLATFORM: u8 = 2;
/// Another key that may sign them.
pub const SECOND: u8 = 3;
/// The root key that comes after [`ROOT`].
pub const NEXT_ROOT: u8 = 4;
/// A key that nobody knows.
pub const STRANGER: u8 = 9;

/// A catalog beside the policy.
pub const CATALOG: &str = r#"{ "schema": "1.0", "asOf": "2026-11-01T00:00:00Z", "namespaces": { "grafana": "verifiedPublisher" } }"#;

/// A key's public text.
pub fn public(key: u8) -> String {
    secret(key).public().to_string()
}

/// A key's short name.
pub fn id(key: u8) -> String {
    secret(key).public().id().to_string()
}

fn secret(key: u8) -> SigningKey {
    SigningKey::from_seed([key; 32]).expect("any seed is a key")
}

/// Acme's trust document with some keys replaced.
pub fn trust(change: Value) -> Value {
    let trust = json!({
        "schema": "1.0", "organization": "acme", "version": 1,
        "issued": "2026-11-01T00:00:00Z", "expires": "2036-11-01T00:00:00Z",
        "policyKeys": [
            { "public": public(PLATFORM), "comment": "platform team" },
            { "public": public(SECOND) },
        ],
    });
    merged(trust, change)
}

/// Acme's policy with the catalog beside it named, and some keys replaced.
pub fn policy(change: Value) -> Value {
    let named = json!({ "catalog": { "url": "catalog.json", "sha256": sha256(CATALOG.as_bytes()) } });
    merged(product::policy(named), change)
}

fn merged(mut document: Value, change: Value) -> Value {
    if let (Value::Object(document), Value::Object(change)) = (&mut document, change) {
        document.extend(change);
    }
    document
}

/// A trust document in its envelope.
pub fn signed_trust(document: &Value, keys: &[u8]) -> Vec<u8> {
    sealed(PayloadType::Trust, document.to_string().as_bytes(), keys)
}

/// A policy in its envelope.
pub fn signed_policy(document: &Value, keys: &[u8]) -> Vec<u8> {
    sealed(PayloadType::Policy, document.to_string().as_bytes(), keys)
}

/// Any bytes in an envelope.
pub fn sealed(kind: PayloadType, payload: &[u8], keys: &[u8]) -> Vec<u8> {
    let keys: Vec<SigningKey> = keys.iter().map(|key| secret(*key)).collect();
    sign(kind, payload, &keys)
}

/// Acme's enrollment with its policy at an address, believed by these root keys.
pub fn enrollment(url: &str, roots: &[u8]) -> String {
    let keys: Vec<String> = roots.iter().map(|key| public(*key)).collect();
    product::ENROLLMENT
        .replace("file:///etc/pullgate/policy/", url)
        .replace("keys = []", &format!("keys = {}", json!(keys)))
}

/// Enrolls a laptop so, taking the place of what it is enrolled with.
pub fn enroll(laptop: &Laptop, url: &str, roots: &[u8]) {
    laptop.write_file("/root/enrollment.toml", enrollment(url, roots));
    laptop.must("pullgate enroll /root/enrollment.toml --replace --yes");
}
