use super::*;

const GOOD: &str = r#"
organization = "acme"
[policy]
url = "file:///etc/pullgate/policy/"
keys = []
[contact]
name = "Platform team"
[stand-in."registry-1.docker.io"]
url = "https://mirror.acme.example"
ca = "/etc/pullgate/mirror-ca.pem"
"#;

#[test]
fn an_enrollment_names_organization_policy_and_stand_ins() {
    let enrollment = parse(GOOD).unwrap();
    assert_eq!(enrollment.organization.display, "Acme");
    assert_eq!(enrollment.policy.document, Path::new("/etc/pullgate/policy/policy.json"));
    assert_eq!(enrollment.policy.beside("catalog.json"), Path::new("/etc/pullgate/policy/catalog.json"));
    assert!(enrollment.absent_blocks);
    assert_eq!(enrollment.stand_ins.keys().collect::<Vec<_>>(), ["docker.io"], "by its one name");
}

#[test]
fn a_bad_enrollment_is_refused_by_the_name_of_the_place() {
    for (from, to, place) in [
        ("organization = \"acme\"", "organization = \"Acme Inc\"", "`organization`"),
        ("organization = \"acme\"", "organisation = \"acme\"", "organisation"),
        ("organization = \"acme\"", "organization = \"acme\"\nname = \"\"", "`name`"),
        ("file:///etc/pullgate/policy/", "https://policy.acme.example/", "`policy.url`"),
        ("file:///etc/pullgate/policy/", "file://etc/policy", "`policy.url`"),
        ("file:///etc/pullgate/policy/", "file:///etc/../tmp/policy", "`policy.url`"),
        ("keys = []", "keys = [\"ed25519:x\"]", "`policy.keys`"),
        ("keys = []", "", "keys"),
        ("keys = []", "keys = []\nabsent = \"maybe\"", "maybe"),
        ("[contact]", "[identity]\nissuer = \"https://login.acme.example\"\n[contact]", "`identity`"),
        ("https://mirror.acme.example", "http://mirror.acme.example", "url`"),
        ("https://mirror.acme.example", "https://mirror.acme.example/v2/", "url`"),
        ("\"/etc/pullgate/mirror-ca.pem\"", "\"mirror-ca.pem\"", "ca`"),
        ("[contact]", "[contact", "line 6"),
    ] {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD);
        let said = parse(&text).unwrap_err().to_string();
        assert!(said.contains(place), "{place}: {said}");
    }
}
