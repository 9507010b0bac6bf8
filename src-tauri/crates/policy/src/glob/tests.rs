use image_ref::Repository;
use proptest::prelude::*;

use super::*;

fn matches(pattern: &str, repository: &str) -> bool {
    Glob::parse(pattern).unwrap().matches(&Repository::parse(repository).unwrap())
}

#[test]
fn a_pattern_without_a_registry_is_read_as_people_type_names() {
    for (typed, normal) in [
        ("nginx", "docker.io/library/nginx"),
        ("localstack/localstack", "docker.io/localstack/localstack"),
        ("index.docker.io/evil/**", "docker.io/evil/**"),
        ("docker.io/redis", "docker.io/library/redis"),
        ("GHCR.io/acme/*", "ghcr.io/acme/*"),
        ("localhost/a/b", "localhost/a/b"),
        ("**", "**"),
        ("**/xmrig", "**/xmrig"),
    ] {
        assert_eq!(Glob::parse(typed).unwrap().to_string(), normal, "{typed}");
    }
}

#[test]
fn one_star_stays_in_its_segment() {
    assert!(matches("ghcr.io/acme/*", "ghcr.io/acme/tool"));
    assert!(matches("ghcr.io/acme/to*l", "ghcr.io/acme/tool"));
    assert!(!matches("ghcr.io/acme/*", "ghcr.io/acme/team/tool"));
    assert!(!matches("ghcr.io/acme/*", "ghcr.io/acme2/tool"));
}

#[test]
fn two_stars_reach_any_depth_but_not_the_place_itself() {
    assert!(matches("ghcr.io/acme/**", "ghcr.io/acme/tool"));
    assert!(matches("ghcr.io/acme/**", "ghcr.io/acme/a/b/c"));
    assert!(!matches("ghcr.io/acme/**", "ghcr.io/acme"));
    assert!(matches("ghcr.io/**/tool", "ghcr.io/tool"));
    assert!(matches("ghcr.io/a/**/tool", "ghcr.io/a/b/c/tool"));
    assert!(matches("**/xmrig", "evil/xmrig"));
    assert!(matches("**/xmrig", "quay.io/a/b/xmrig"));
    assert!(matches("**", "quay.io/a"));
}

#[test]
fn a_name_does_not_match_what_lies_under_it() {
    assert!(!matches("ghcr.io/foo", "ghcr.io/foo/bar"));
    assert!(!matches("ghcr.io/foo/bar", "ghcr.io/foo"));
}

#[test]
fn a_pattern_that_says_less_than_it_seems_is_refused() {
    for (text, error) in [
        ("*", GlobError::Ambiguous),
        ("docker.io/*", GlobError::Ambiguous),
        ("ghcr.io", GlobError::RegistryAlone { text: "ghcr.io".to_owned() }),
        ("acme/tool:1.2", GlobError::TagOrDigest),
        ("nginx:1.2", GlobError::TagOrDigest),
        ("acme//tool", GlobError::EmptySegment),
        ("acme/tool/", GlobError::EmptySegment),
        ("", GlobError::EmptySegment),
        ("acme/a**", GlobError::PartlyDeep { segment: "a**".to_owned() }),
        ("acme/Tool", GlobError::Letter { letter: 'T' }),
        ("acme/to ol", GlobError::Letter { letter: ' ' }),
    ] {
        assert_eq!(Glob::parse(text), Err(error), "{text}");
    }
}

fn segment() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,6}"
}

fn repository() -> impl Strategy<Value = Repository> {
    let host = prop_oneof![Just("ghcr.io"), Just("docker.io"), Just("quay.example:5000")];
    (host, proptest::collection::vec(segment(), 1..5))
        .prop_map(|(host, path)| Repository::parse(&format!("{host}/{}", path.join("/"))).unwrap())
}

proptest! {
    #[test]
    fn a_repository_matches_its_own_name_and_no_other(one in repository(), other in repository()) {
        let glob = Glob::parse(&one.to_string()).unwrap();
        prop_assert_eq!(glob.literal(), Some(one.clone()));
        prop_assert!(glob.matches(&one));
        prop_assert_eq!(glob.matches(&other), one == other);
    }

    #[test]
    fn what_one_star_matches_two_stars_match_too(prefix in segment(), one in repository()) {
        let host = one.registry();
        let star = Glob::parse(&format!("{host}/{prefix}/*")).unwrap();
        let deep = Glob::parse(&format!("{host}/{prefix}/**")).unwrap();
        prop_assert!(!star.matches(&one) || deep.matches(&one));
        let depth = one.path().split('/').count();
        prop_assert_eq!(star.matches(&one), deep.matches(&one) && depth == 2);
    }

    #[test]
    fn printing_and_reading_a_pattern_gives_the_same(text in "([a-z*]{1,3}|\\*\\*)(/([a-z*]|\\*\\*)){0,3}") {
        if let Ok(glob) = Glob::parse(&text) {
            prop_assert_eq!(Glob::parse(&glob.to_string()), Ok(glob));
        }
    }

    #[test]
    fn no_text_brings_reading_down(text in ".{0,60}") {
        let _ = Glob::parse(&text);
    }
}
