use super::*;

#[test]
fn the_starter_catalog_is_a_good_one() {
    let catalog = Catalog::starter().unwrap();
    let class = |name: &str| catalog.class(&Repository::parse(name).unwrap());
    assert_eq!(class("grafana/grafana"), Some(Class::VerifiedPublisher));
    assert_eq!(class("jenkins/jenkins"), Some(Class::SponsoredOss));
    assert_eq!(class("bitnami/redis"), None, "its catalog left Docker Hub");
    assert_eq!(class("someuser/tool"), None);
    assert_eq!(class("ghcr.io/grafana/grafana"), None);
}

/// Whether a note names a page and the day it was looked up.
fn is_looked_up(page: &serde_json::Value, seen: &serde_json::Value) -> bool {
    let day = seen.as_str().and_then(|day| day.parse::<jiff::civil::Date>().ok());
    page.as_str().is_some_and(|page| page.starts_with("https://")) && day.is_some()
}

#[test]
fn everything_in_the_starter_catalog_stands_on_a_page_that_was_looked_up() {
    let text: serde_json::Value = serde_json::from_str(STARTER_CATALOG).unwrap();
    let names = ["namespaces", "replacements"].map(|section| text[section].as_object().unwrap().keys());
    let mut named: Vec<&String> = names.into_iter().flatten().collect();
    named.sort();
    named.dedup();
    for name in &named {
        let source = &text["x-sources"][name.as_str()];
        assert!(is_looked_up(&source["page"], &source["seen"]), "{name}: {source}");
    }
    assert_eq!(text["x-sources"].as_object().unwrap().len(), named.len());
    assert_eq!(text.get("repositories"), None);
}

#[test]
fn every_rule_of_the_starter_policy_stands_on_a_page_that_was_looked_up() {
    let text: serde_json::Value = serde_json::from_str(crate::STARTER).unwrap();
    let entries = text["registries"]["entries"].as_array().unwrap();
    let rules = entries.iter().filter(|entry| entry["id"] != "hub").chain(text["allow"].as_array().unwrap());
    for rule in rules {
        assert!(is_looked_up(&rule["x-page"], &rule["x-seen"]), "{rule}");
    }
}

#[test]
fn a_replacement_that_names_no_image_or_itself_is_refused_at_its_place() {
    for (name, instead) in [("a b", "nginx"), ("vault", "https://x"), ("nginx", "docker.io/library/nginx")] {
        let text = format!(
            r#"{{ "schema": 1, "asOf": "2026-11-01T00:00:00Z", "replacements": {{ "{name}": "{instead}" }} }}"#
        );
        let Err(Refusal::Value { path, .. }) = Catalog::parse(text.as_bytes()) else { panic!("{name}") };
        assert_eq!(path, format!("/replacements/{name}"));
    }
}

#[test]
fn a_repository_goes_before_its_namespace() {
    let (catalog, _) = Catalog::parse(
        br#"{ "schema": "1.0", "asOf": "2026-11-01T00:00:00Z", "namespaces": { "acme": "verifiedPublisher" },
              "repositories": { "acme/old": "community" } }"#,
    )
    .unwrap();
    assert_eq!(catalog.class(&Repository::parse("acme/tool").unwrap()), Some(Class::VerifiedPublisher));
    assert_eq!(catalog.class(&Repository::parse("acme/old").unwrap()), Some(Class::Community));
}

#[test]
fn a_catalog_with_a_wrong_name_or_class_is_refused_at_its_place() {
    for (section, entry, place) in [
        ("namespaces", r#""a/b": "official""#, "/namespaces/a~1b"),
        ("namespaces", r#""A": "official""#, "/namespaces/A"),
        ("repositories", r#""nginx": "official""#, "/repositories/nginx"),
        ("repositories", r#""a/b": "trusted""#, "/repositories/a~1b"),
    ] {
        let text =
            format!(r#"{{ "schema": 1, "asOf": "2026-11-01T00:00:00Z", "{section}": {{ {entry} }} }}"#);
        let Err(Refusal::Value { path, .. }) = Catalog::parse(text.as_bytes()) else { panic!("{entry}") };
        assert_eq!(path, place);
    }
}
