use std::fmt::Write;

use policy::fixture::{now, time};
use serde_json::json;

use super::*;

fn edition() -> Edition {
    Edition { organization: "acme".to_owned(), serial: 7, issued: now() }
}

fn settings() -> HubSettings {
    serde_json::from_value(json!({
        "organizations": ["Acme", "acme-labs", "acme", "library", "a/b"],
        "restricted_images": { "enabled": true, "allow_official_images": true, "allow_verified_publishers": false },
        "registry_access": {
            "enabled": true,
            "standard_registries": [{ "id": "DockerHub", "allowed": true }, { "id": "Other", "allowed": true }],
            "custom_registries": [
                { "address": "https://GHCR.io/", "friendly_name": "GitHub", "allowed": true },
                { "address": "quay.io", "friendly_name": "", "allowed": false },
                { "address": "ghcr.io", "friendly_name": "again", "allowed": false },
                { "address": "amazonaws.com", "friendly_name": "ECR", "allowed": true },
                { "address": "s3.amazonaws.com", "friendly_name": "ECR layers", "allowed": true },
                { "address": "production.cloudflare.docker.com", "friendly_name": "CDN", "allowed": true },
                { "address": "registry.acme.example:5000", "friendly_name": "ours\nhere", "allowed": true },
                { "address": "not a host", "friendly_name": "x", "allowed": true }
            ]
        },
        "allow_list": "Repository,Added by\nlocalstack/localstack,ada\n\"someuser/tool:4.2\",bob\nsomeuser/tool:4.3,bob\nnginx,\nNot An Image,eve\n"
    }))
    .unwrap()
}

#[test]
fn dockers_settings_become_a_policy_with_remarks() {
    let imported = import(&settings(), &edition()).unwrap();
    let mut page = serde_json::to_string_pretty(&imported.document).unwrap();
    page.push('\n');
    for Warning { path, message } in &imported.remarks {
        write!(page, "\n{path}: {message}").unwrap();
    }
    insta::assert_snapshot!(page);
}

#[test]
fn the_same_settings_make_the_same_document() {
    assert_eq!(import(&settings(), &edition()), import(&settings(), &edition()));
}

#[test]
fn what_is_off_in_docker_restricts_nothing() {
    let policy = import(&HubSettings::default(), &edition()).unwrap().document;
    let classes = policy::Class::ALL.map(|class| policy.hub.classes.of(class).cloned());
    assert_eq!(classes, [const { Some(Extensible::Known(Effect::Allow)) }; 5]);
    assert_eq!(policy.registries.unwrap().default, Extensible::Known(Effect::Allow));
    assert_eq!(policy.exemptions, []);
}

#[test]
fn an_allow_list_is_read_as_people_paste_it() {
    for text in [
        "a/b\nc/d\n",
        "a/b, c/d",
        "a/b\tc/d",
        "\u{feff}name;note\r\na/b;x\r\nc/d;y\r\n",
        "# ours\nhttps://hub.docker.com/r/a/b\n\nhttps://hub.docker.com/r/c/d/\na/b\n",
        "docker.io/a/b\nindex.docker.io/c/d",
    ] {
        let rules = allow_list::rules(text, &mut Vec::new());
        let names: Vec<String> = rules.iter().map(|rule| rule.matches.to_string()).collect();
        assert_eq!(names, ["docker.io/a/b", "docker.io/c/d"], "{text:?}");
    }
}

#[test]
fn a_long_list_of_nonsense_is_remarked_briefly() {
    let text = "Not An Image\n".repeat(500);
    let mut remarks = Vec::new();
    assert_eq!(allow_list::rules(&text, &mut remarks), []);
    assert_eq!(remarks.len(), 21);
}

#[test]
fn settings_that_are_followed_are_numbered_only_when_they_change() {
    let Followed::Newer(first) = follow(&settings(), "acme", None, now()).unwrap() else { panic!() };
    assert_eq!(first.document.serial, 1);
    let later = time("2026-11-23T00:00:00Z");
    let again = follow(&settings(), "acme", Some(&first.document), later).unwrap();
    assert_eq!(again, Followed::Same);
    let mut changed = settings();
    changed.restricted_images.allow_verified_publishers = true;
    let Followed::Newer(next) = follow(&changed, "acme", Some(&first.document), later).unwrap() else {
        panic!()
    };
    assert_eq!((next.document.serial, next.document.issued), (2, later));
    let earlier = time("2026-11-01T00:00:00Z");
    let Followed::Newer(next) = follow(&changed, "acme", Some(&first.document), earlier).unwrap() else {
        panic!()
    };
    assert_eq!(next.document.issued, now());
}
