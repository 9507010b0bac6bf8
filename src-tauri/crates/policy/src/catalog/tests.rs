use super::*;

#[test]
fn the_starter_catalog_is_a_good_one() {
    let catalog = Catalog::starter().unwrap();
    let class = |name: &str| catalog.class(&Repository::parse(name).unwrap());
    assert_eq!(class("grafana/grafana"), Some(Class::VerifiedPublisher));
    assert_eq!(class("nginx"), Some(Class::Official));
    assert_eq!(class("someuser/tool"), None);
    assert_eq!(class("ghcr.io/grafana/grafana"), None);
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
