use super::*;
use crate::registry::RegistryError;

const SHA256: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn a_reference_is_a_repository_with_tag_and_digest() {
    let digested = |name: &str| format!("{name}@{SHA256}");
    let sha512 = format!("sha512:{}", "0".repeat(128));
    let cases = [
        ("nginx".to_owned(), "docker.io/library/nginx".to_owned()),
        ("nginx:1.27".to_owned(), "docker.io/library/nginx:1.27".to_owned()),
        (digested("nginx"), digested("docker.io/library/nginx")),
        (digested("nginx:1.27"), digested("docker.io/library/nginx:1.27")),
        ("localhost:5000".to_owned(), "docker.io/library/localhost:5000".to_owned()),
        ("localhost:5000/a".to_owned(), "localhost:5000/a".to_owned()),
        ("localhost:5000/a:B".to_owned(), "localhost:5000/a:B".to_owned()),
        (digested("[::1]:5000/a:b"), digested("[::1]:5000/a:b")),
        (format!("GHCR.io/a/b@{sha512}"), format!("ghcr.io/a/b@{sha512}")),
        (format!("{}:1", "a".repeat(64)), format!("docker.io/library/{}:1", "a".repeat(64))),
    ];
    for (text, full) in cases {
        assert_eq!(Reference::parse(&text).unwrap().to_string(), full, "{text}");
    }
}

#[test]
fn the_parts_of_a_reference_can_be_asked_for() {
    let reference = Reference::parse(&format!("acme/tool:v1@{SHA256}")).unwrap();
    assert_eq!(reference.repository(), &Repository::parse("acme/tool").unwrap());
    assert_eq!(reference.tag(), Some(&Tag::parse("v1").unwrap()));
    assert_eq!(reference.digest(), Some(&Digest::parse(SHA256).unwrap()));
    assert_eq!(reference.familiar(), format!("acme/tool:v1@{SHA256}"));
}

#[test]
fn without_a_tag_engines_ask_for_latest() {
    assert_eq!(Reference::parse("nginx").unwrap().tag_or_latest(), Tag::latest());
    assert_eq!(Reference::parse("nginx:1").unwrap().tag_or_latest(), Tag::parse("1").unwrap());
    assert_eq!(Reference::parse("nginx").unwrap().tag(), None);
}

#[test]
fn each_fault_of_a_reference_is_named() {
    let port = RepositoryError::Registry { error: RegistryError::Port { port: "bar".into() } };
    let cases = [
        ("".to_owned(), ReferenceError::Empty),
        (":1".to_owned(), RepositoryError::Empty.into()),
        ("nginx:".to_owned(), TagError::Empty.into()),
        ("nginx:1:2".to_owned(), TagError::Character { character: ':', position: 2 }.into()),
        ("nginx@".to_owned(), DigestError::Empty.into()),
        (format!("@{SHA256}"), RepositoryError::Empty.into()),
        (format!("nginx@{SHA256}@{SHA256}"), DigestError::Character { character: '@', position: 72 }.into()),
        (format!("nginx@{SHA256}:1"), DigestError::Character { character: ':', position: 72 }.into()),
        ("foo:bar/baz".to_owned(), port.into()),
        (
            "https://ghcr.io/a".to_owned(),
            RepositoryError::Registry { error: RegistryError::Port { port: "".into() } }.into(),
        ),
        (SHA256.replace("sha256:", ""), RepositoryError::Identifier.into()),
    ];
    for (text, fault) in cases {
        assert_eq!(Reference::parse(&text), Err(fault), "{text:?}");
    }
}

#[test]
fn serialized_it_is_the_full_text() {
    let reference = Reference::parse("nginx:1.27").unwrap();
    assert_eq!(serde_json::to_value(&reference).unwrap(), "docker.io/library/nginx:1.27");
    assert_eq!(serde_json::from_value::<Reference>("nginx:1.27".into()).unwrap(), reference);
    let fault = serde_json::from_value::<Reference>("Nginx".into()).unwrap_err().to_string();
    assert_eq!(fault, "the repository's name has 'N' at position 1; it must be in lower case");
}
