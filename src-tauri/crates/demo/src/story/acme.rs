//! The invented organization, the person who works there, and how their machine was enrolled.

use std::collections::BTreeSet;

use policy::{Contact, Organization};
use serde_json::{Value, json};
use wire::{Setting, SettingLayer};

/// The person's account.
pub(super) const ACCOUNT: &str = "ada@acme.example";
/// The person on this machine.
pub(super) const UID: u32 = 1000;
/// Where the policy comes from.
pub(super) const POLICY: &str = "https://policy.acme.example/pullgate/";
/// The key that signs it.
pub(super) const KEY: &str = "1f2e3d4c5b6a7988";

const ENROLLMENT: &str = "/etc/pullgate/enrollment.toml";
const DEFAULTS: &str = "/etc/pullgate/defaults.toml";

/// The organization.
pub(super) fn organization() -> Organization {
    let contact = Contact {
        name: Some("Platform team".to_owned()),
        email: Some("platform@acme.example".to_owned()),
        url: Some("https://it.acme.example/containers".to_owned()),
    };
    Organization { name: "acme".to_owned(), display: "Acme".to_owned(), contact }
}

/// Whom a machine belongs to that is not enrolled.
pub(super) fn nobody() -> Organization {
    let display = "your organization".to_owned();
    Organization { name: String::new(), display, contact: Contact::default() }
}

/// How the machine's users are called.
pub(crate) fn login(uid: u32) -> Option<&'static str> {
    match uid {
        0 => Some("root"),
        UID => Some("ada"),
        _ => None,
    }
}

/// The person's groups.
pub(super) fn groups() -> BTreeSet<String> {
    ["engineering", "payments"].map(str::to_owned).into()
}

/// The enrollment, by key.
pub(super) fn settings() -> Vec<Setting> {
    use SettingLayer::{BuiltIn, Default, Locked};
    vec![
        setting("contact.email", json!("platform@acme.example"), Default),
        setting("contact.name", json!("Platform team"), Default),
        setting("contact.url", json!("https://it.acme.example/containers"), Default),
        setting("identity.client_id", json!("pullgate"), Locked),
        setting("identity.groups_claim", json!("groups"), BuiltIn),
        setting("identity.issuer", json!("https://login.acme.example"), Locked),
        setting("identity.membership", json!({ "claim": "groups", "contains": "engineering" }), Locked),
        setting("identity.redirect_ports", json!([]), BuiltIn),
        setting("identity.required", json!(true), BuiltIn),
        setting("identity.scopes", json!(["openid", "offline_access", "groups"]), Locked),
        setting("name", json!("Acme"), BuiltIn),
        setting("organization", json!("acme"), Locked),
        setting("policy.absent", json!("block"), BuiltIn),
        setting("policy.keys", json!(["ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]), Locked),
        setting("policy.threshold", json!(1), BuiltIn),
        setting("policy.url", json!(POLICY), Locked),
    ]
}

fn setting(key: &str, value: Value, layer: SettingLayer) -> Setting {
    let origin = match layer {
        SettingLayer::Locked => Some(ENROLLMENT.to_owned()),
        SettingLayer::Default => Some(DEFAULTS.to_owned()),
        SettingLayer::BuiltIn | SettingLayer::Other => None,
    };
    Setting { key: key.to_owned(), value, layer, origin }
}
