//! The settings in force, each with who decided it.

use ::identity::oidc::USUAL_SCOPES;
use host::managed::Layer;
use serde_json::{Value, json};
use wire::{Setting, SettingLayer};

use super::Enrollment;
use super::identity::{Identity, Provider};
use super::layers::{Merged, Placed};

/// What providers do not count as secret is still nobody's reading.
const SECRETS: [&str; 2] = ["identity.client_secret", "identity.device_client_secret"];

/// Every value by key: what documents say, and what holds because none says it.
pub(super) fn of(enrollment: &Enrollment, merged: &Merged) -> Vec<Setting> {
    let said = merged.iter().map(|(key, placed)| setting(key, placed));
    let unsaid = built_in(enrollment).into_iter().filter(|(key, _)| merged.get(key).is_none());
    let unsaid = unsaid.map(|(key, value)| Setting {
        key: key.to_owned(),
        value,
        layer: SettingLayer::BuiltIn,
        origin: None,
    });
    let mut settings: Vec<Setting> = said.chain(unsaid).collect();
    settings.sort_by(|one, other| one.key.cmp(&other.key));
    settings
}

fn setting(key: &str, placed: &Placed) -> Setting {
    let layer = match placed.layer {
        Layer::Default => SettingLayer::Default,
        Layer::Locked => SettingLayer::Locked,
    };
    let value = if SECRETS.contains(&key) { json!("(not shown)") } else { placed.value.clone() };
    Setting { key: key.to_owned(), value, layer, origin: Some(placed.origin.clone()) }
}

fn built_in(enrollment: &Enrollment) -> Vec<(&'static str, Value)> {
    let mut values = vec![
        ("name", json!(enrollment.organization.display)),
        ("policy.absent", json!(if enrollment.absent_blocks { "block" } else { "allow" })),
    ];
    if let Some(roots) = enrollment.policy.roots() {
        values.push(("policy.threshold", json!(roots.threshold())));
    }
    values.extend(enrollment.identity.iter().flat_map(of_identity));
    values
}

fn of_identity(identity: &Identity) -> Vec<(&'static str, Value)> {
    let mut values = vec![("identity.required", json!(identity.required))];
    match &identity.provider {
        Provider::Oidc(oidc) => values.extend([
            ("identity.scopes", json!(USUAL_SCOPES)),
            ("identity.groups_claim", json!(oidc.groups())),
            ("identity.redirect_host", json!(oidc.redirect_host)),
            ("identity.redirect_ports", json!(oidc.redirect_ports)),
        ]),
        Provider::DockerHub(hub) => values.push(("identity.organizations", json!(hub.organizations))),
    }
    values
}
