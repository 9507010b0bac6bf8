use image_ref::Tag;

use super::*;

fn digest(letter: char) -> Digest {
    Digest::parse(&format!("sha256:{}", letter.to_string().repeat(64))).unwrap()
}

#[test]
fn a_tag_stands_behind_everything_its_manifest_names() {
    let repository = Repository::parse("acme/tool").unwrap();
    let by_tag = Origin { tags: vec![Tag::parse("1.0").unwrap()], roots: vec![digest('a')] };
    let known = Provenance::default();
    let index = format!(r#"{{"manifests":[{{"digest":"{}"}}]}}"#, digest('a'));
    known.learn_children(&repository, index.as_bytes(), &by_tag);
    let origin = known.origin(&repository, &digest('a'));
    let image = format!(
        r#"{{"config":{{"digest":"{}"}},"layers":[{{"digest":"{}","size":1}}]}}"#,
        digest('b'),
        digest('c')
    );
    known.learn_children(&repository, image.as_bytes(), &origin);
    assert_eq!(known.origin(&repository, &digest('c')), by_tag);
    let other = Repository::parse("acme/other").unwrap();
    assert_eq!(known.origin(&other, &digest('c')), Origin::default(), "another repository is another story");
    assert_eq!(known.origin(&repository, &digest('d')), Origin::default());
}

#[test]
fn a_record_says_everything_again_and_is_made_only_for_something_new() {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let repository = Repository::parse("ghcr.io/acme/tool").unwrap();
    let origin = Origin { tags: vec![Tag::parse("1.0").unwrap()], roots: vec![digest('a')] };
    let known = Provenance::default();
    assert_eq!(known.record(now), None, "there is nothing to say");
    known.learn(&repository, digest('a'), &origin);
    known.learn(&repository, digest('b'), &origin);
    let record = known.record(now).unwrap();
    known.learn(&repository, digest('b'), &origin);
    assert_eq!(known.record(now), None);
    assert!(known.record(now + SignedDuration::from_hours(2)).is_some(), "it is no older than that");
    let later = Provenance::default();
    later.recall(&record, now + SignedDuration::from_hours(3)).unwrap();
    assert_eq!(later.origin(&repository, &digest('b')), origin);
    let too_late = Provenance::default();
    too_late.recall(&record, now + SignedDuration::from_hours(25)).unwrap();
    assert_eq!(too_late.origin(&repository, &digest('b')), Origin::default());
}

#[test]
fn a_record_that_is_damaged_anywhere_is_believed_nowhere() {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let repository = Repository::parse("ghcr.io/acme/tool").unwrap();
    let written = Provenance::default();
    for letter in ['a', 'b'] {
        let origin = Origin { tags: vec![Tag::parse("1.0").unwrap()], roots: vec![digest('a')] };
        written.learn(&repository, digest(letter), &origin);
    }
    let record = String::from_utf8(written.record(now).unwrap()).unwrap();
    let cut = &record[..record.len() - 9];
    for text in ["", "{}", "nonsense", cut, &record.replace("sha256:bb", "sha256:zz")] {
        let known = Provenance::default();
        assert!(known.recall(text.as_bytes(), now).is_err(), "{text}");
        assert_eq!(known.origin(&repository, &digest('a')), Origin::default(), "{text}");
    }
    let newer = record.replacen("\"version\":1", "\"version\":2", 1);
    let known = Provenance::default();
    assert!(matches!(known.recall(newer.as_bytes(), now), Err(ProvenanceError::Version(2))));
}

#[test]
fn a_record_has_a_limit_and_keeps_what_was_used_last() {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let repository = Repository::parse("ghcr.io/acme/tool").unwrap();
    let of = |number: usize| Digest::parse(&format!("sha256:{number:064x}")).unwrap();
    let long = |number: usize| Tag::parse(&format!("{number:0>128}")).unwrap();
    let origin = Origin { tags: (0..16).map(long).collect(), roots: (0..16).map(of).collect() };
    let known = Provenance::default();
    for number in 0..3 * GENERATION {
        known.learn(&repository, of(number), &origin);
    }
    let record = known.record(now).unwrap();
    assert!(record.len() < 9 * 1024 * 1024, "{}", record.len());
    let later = Provenance::default();
    later.recall(&record, now).unwrap();
    let later = later.lock();
    assert!(later.young.len() + later.old.len() <= 2 * GENERATION);
}

#[test]
fn a_registry_that_names_digests_without_end_makes_nobody_elses_go() {
    let of = |number: usize| Digest::parse(&format!("sha256:{number:064x}")).unwrap();
    let by_tag = |tag: &str| Origin { tags: vec![Tag::parse(tag).unwrap()], roots: Vec::new() };
    let known = Provenance::default();
    let mine = Repository::parse("acme/tool").unwrap();
    known.learn(&mine, of(1), &by_tag("1.0"));
    for port in 0..10 {
        let names = format!("127.0.0.1:{}/x/y", 5000 + port);
        let also = format!("r{port}.evil.example/x/y");
        for repository in [names, also].map(|name| Repository::parse(&name).unwrap()) {
            for number in 0..GENERATION {
                known.learn(&repository, of(number), &by_tag("9"));
            }
        }
    }
    assert_eq!(known.origin(&mine, &of(1)), by_tag("1.0"));
    let held = known.lock();
    assert!(held.young.len() <= GENERATION && held.old.len() <= GENERATION);
    assert_eq!(held.shares.values().sum::<usize>(), held.young.len());
}

#[test]
fn one_manifest_does_not_name_more_digests_than_an_image_has() {
    let repository = Repository::parse("acme/tool").unwrap();
    let digest = |number: usize| format!("sha256:{number:064x}");
    let layers: Vec<_> = (0..49_000).map(|n| serde_json::json!({ "digest": digest(n) })).collect();
    let known = Provenance::default();
    let origin = Origin { tags: vec![Tag::parse("1.0").unwrap()], roots: Vec::new() };
    known.learn_children(
        &repository,
        serde_json::json!({ "layers": layers }).to_string().as_bytes(),
        &origin,
    );
    let held = known.lock();
    assert_eq!(held.young.len() + held.old.len(), CHILDREN);
}

#[test]
fn the_owner_of_a_registry_is_known_by_its_domain() {
    for (registry, expected) in [
        ("docker.io", "docker.io"),
        ("a.b.acme.example:5000", "acme.example"),
        ("nexus", "nexus"),
        ("127.0.0.1:5000", "localhost"),
        ("[::1]:5000", "localhost"),
        ("203.0.113.7", "203.0.113.7"),
    ] {
        assert_eq!(owner(&Registry::parse(registry).unwrap()), expected, "{registry}");
    }
}

#[test]
fn what_is_no_manifest_teaches_nothing() {
    for text in ["", "[]", "{\"manifests\":1}", "{\"layers\":[{\"digest\":\"sha256:xyz\"}]}", "{}"] {
        assert_eq!(children(text.as_bytes()), [], "{text}");
    }
}
