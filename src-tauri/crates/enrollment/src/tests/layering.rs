//! Documents over each other: what holds, and where it comes from.

use host::managed::{Content, Document, Layer};
use serde_json::{Value, json};
use wire::SettingLayer;

use super::{GOOD, SIGNED};
use crate::{Enrollment, EnrollmentError, check, layers};

const MAIN: &str = "/etc/pullgate/enrollment.toml";
const DROP_IN: &str = "/etc/pullgate/enrollment.d/10-site.toml";
const DEFAULTS: &str = "/etc/pullgate/defaults.toml";

fn toml(layer: Layer, origin: &str, text: &str) -> Document {
    Document { layer, origin: origin.into(), content: Content::Toml(text.as_bytes().to_vec()) }
}

fn tree(origin: &str, tree: Value) -> Document {
    let Value::Object(tree) = tree else { panic!("no tree") };
    Document { layer: Layer::Locked, origin: origin.into(), content: Content::Tree(tree) }
}

fn merged(documents: Vec<Document>) -> Result<Enrollment, EnrollmentError> {
    layers::merge(documents, MAIN).and_then(check)
}

/// `key = value (layer, origin)`.
fn shown(enrollment: &Enrollment, key: &str) -> String {
    let setting = enrollment.settings.iter().find(|setting| setting.key == key);
    setting.map_or_else(String::new, |setting| {
        let origin = setting.origin.as_deref().unwrap_or("nobody");
        format!("{} ({:?}, {origin})", setting.value, setting.layer)
    })
}

#[test]
fn a_later_document_wins_key_by_key_and_every_value_names_its_origin() {
    let defaults = "name = \"ACME\"\n[contact]\nname = \"Help desk\"\nemail = \"help@acme.example\"\n";
    let site = "[policy]\nurl = \"file:///srv/policy.json\"\n[stand-in.\"docker.io\"]\nurl = \"https://m2.acme.example\"\n";
    let enrollment = merged(vec![
        toml(Layer::Default, DEFAULTS, defaults),
        toml(Layer::Locked, MAIN, GOOD),
        toml(Layer::Locked, DROP_IN, site),
    ])
    .unwrap();
    assert_eq!(enrollment.organization.display, "ACME");
    assert_eq!(enrollment.organization.contact.email.as_deref(), Some("help@acme.example"));
    let stand_in = &enrollment.stand_ins["docker.io"];
    assert_eq!((stand_in.url.as_str(), stand_in.ca.is_some()), ("https://m2.acme.example", true));
    let lines = enrollment
        .settings
        .iter()
        .map(|setting| format!("{} = {}", setting.key, shown(&enrollment, &setting.key)));
    let expected = [
        format!("contact.email = \"help@acme.example\" (Default, {DEFAULTS})"),
        format!("contact.name = \"Platform team\" (Locked, {MAIN})"),
        format!("name = \"ACME\" (Default, {DEFAULTS})"),
        format!("organization = \"acme\" (Locked, {MAIN})"),
        "policy.absent = \"block\" (BuiltIn, nobody)".to_owned(),
        format!("policy.keys = [] (Locked, {MAIN})"),
        format!("policy.url = \"file:///srv/policy.json\" (Locked, {DROP_IN})"),
        format!("stand-in.\"docker.io\".ca = \"/etc/pullgate/mirror-ca.pem\" (Locked, {MAIN})"),
        format!("stand-in.\"docker.io\".url = \"https://m2.acme.example\" (Locked, {DROP_IN})"),
    ];
    assert_eq!(lines.collect::<Vec<_>>(), expected);
}

#[test]
fn what_holds_because_nobody_says_it_is_built_in() {
    let enrollment = merged(vec![toml(Layer::Locked, MAIN, SIGNED)]).unwrap();
    let built_in = enrollment.settings.iter().filter(|setting| setting.layer == SettingLayer::BuiltIn);
    let built_in: Vec<_> = built_in.map(|setting| (setting.key.as_str(), setting.value.clone())).collect();
    let expected = [
        ("identity.groups_claim", json!("groups")),
        ("identity.redirect_host", json!("127.0.0.1")),
        ("identity.redirect_ports", json!([])),
        ("identity.required", json!(true)),
        ("identity.scopes", json!(["openid", "profile", "email", "offline_access"])),
        ("policy.absent", json!("block")),
        ("policy.threshold", json!(1)),
    ];
    assert_eq!(built_in, expected);
}

#[test]
fn a_list_and_a_rule_are_replaced_as_a_whole() {
    let site = "[identity]\nscopes = [\"openid\"]\nmembership = { claim = \"team\", equals = \"qa\" }\n";
    let enrollment =
        merged(vec![toml(Layer::Locked, MAIN, SIGNED), toml(Layer::Locked, DROP_IN, site)]).unwrap();
    assert_eq!(shown(&enrollment, "identity.scopes"), format!("[\"openid\"] (Locked, {DROP_IN})"));
    let rule = format!("{{\"claim\":\"team\",\"equals\":\"qa\"}} (Locked, {DROP_IN})");
    assert_eq!(shown(&enrollment, "identity.membership"), rule);
}

#[test]
fn what_is_trusted_is_no_default() {
    for key in [
        "organization = \"acme\"",
        "identity.required = false",
        "policy.keys = []",
        "policy.absent = \"allow\"",
    ] {
        let defaults = toml(Layer::Default, DEFAULTS, key);
        let said = merged(vec![defaults, toml(Layer::Locked, MAIN, GOOD)]).unwrap_err().to_string();
        let name = key.split(' ').next().unwrap();
        assert!(said.starts_with(&format!("`{DEFAULTS}`: line 1")), "{said}");
        assert!(said.contains(&format!("`{name}` is no default")), "{said}");
    }
}

#[test]
fn a_bad_document_is_named_unless_it_is_the_main_one() {
    let said = |main: &str, site: &str| {
        let documents = vec![toml(Layer::Locked, MAIN, main), toml(Layer::Locked, DROP_IN, site)];
        merged(documents).unwrap_err().to_string()
    };
    let good = "[contact]\nname = \"x\"\n";
    assert!(said("organization = ", good).starts_with("line 1, column "));
    assert!(
        said(GOOD, "color = 1\n").starts_with(&format!("`{DROP_IN}`: line 1, column 1: unknown key `color`"))
    );
    let bad = said(GOOD, "[policy]\nurl = \"nowhere\"\n");
    let place = format!("`{DROP_IN}`: line 2, column 1: the enrollment's `policy.url` is neither");
    assert!(bad.starts_with(&place), "{bad}");
}

#[test]
fn the_systems_own_stores_have_no_flags_and_no_lists_of_numbers() {
    let registry = r"HKLM\SOFTWARE\Policies\Pullgate";
    let managed = json!({
        "organization": "acme",
        "identity": {
            "issuer": "https://login.acme.example",
            "client_id": "pullgate",
            "membership": {"claim": "groups", "contains": "engineering"},
            "redirect_ports": ["8400"],
            "required": 0,
        },
        "policy": {"url": "file:///C:/ProgramData/Pullgate/policy.json", "keys": []},
    });
    let enrollment = merged(vec![tree(registry, managed.clone())]).unwrap();
    assert_eq!(shown(&enrollment, "identity.required"), format!("false (Locked, {registry})"));
    assert_eq!(shown(&enrollment, "identity.redirect_ports"), format!("[8400] (Locked, {registry})"));
    let mut unknown = managed;
    unknown["policy"]["color"] = json!("red");
    let said = merged(vec![tree(registry, unknown)]).unwrap_err().to_string();
    assert!(said.starts_with(&format!("`{registry}`: unknown key `policy.color`")), "{said}");
}
