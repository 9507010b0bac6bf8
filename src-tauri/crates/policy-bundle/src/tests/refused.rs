//! Bad trust documents, policies and catalogs: each is refused with its sentence, and what is held stays.

use std::fmt::Write;

use policy::{Outcome, fixture::now};
use serde_json::{Value, json};

use super::machine::{
    CATALOG, FIRST, Machine, ROOT, SECOND, STRANGER, base64, document, id, key, policy, public, tampered,
    trust, trust_document,
};
use crate::{Offer, PayloadType, countersign, sha256, sign};

/// A bad offer: what is wrong with it, and its three files.
type Bad = (&'static str, Option<Vec<u8>>, Vec<u8>, Option<Vec<u8>>);

fn bad_trust(what: &'static str, bytes: Vec<u8>) -> Bad {
    (what, Some(bytes), policy(json!({ "serial": 1043 })), Some(CATALOG.to_vec()))
}

fn bad_policy(what: &'static str, bytes: Vec<u8>) -> Bad {
    (what, Some(trust(json!({}))), bytes, Some(CATALOG.to_vec()))
}

fn with_trust(what: &'static str, of_trust: Value, bytes: Vec<u8>) -> Bad {
    (what, Some(trust(of_trust)), bytes, Some(CATALOG.to_vec()))
}

fn cut(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

const PAGE: &[u8] = b"<!doctype html><title>Sign in to the network</title>";

fn trust_envelopes() -> Vec<Bad> {
    let good = trust(json!({}));
    let other = base64(&trust_document(json!({ "version": 7 })));
    let twice = String::from_utf8(good.clone()).unwrap().replacen('{', "{ \"payload\": \"\",", 1);
    let seventeen: Vec<_> = (20..37).map(key).collect();
    vec![
        ("no trust document", None, policy(json!({ "serial": 1043 })), Some(CATALOG.to_vec())),
        bad_trust("empty trust document", Vec::new()),
        bad_trust("a network's sign-in page", PAGE.to_vec()),
        bad_trust("torn trust document", cut(good.clone())),
        bad_trust("trust document without envelope", trust_document(json!({}))),
        bad_trust(
            "trust document by a stranger",
            sign(PayloadType::Trust, &trust_document(json!({ "version": 6 })), &[key(STRANGER)]),
        ),
        bad_trust(
            "trust document that was changed",
            tampered(&good, |value| value["payload"] = json!(other)),
        ),
        bad_trust("a policy in place of the trust document", policy(json!({}))),
        bad_trust("envelope with a key twice", twice.into_bytes()),
        bad_trust(
            "envelope with base64 that is not canonical",
            tampered(&good, |value| value["payload"] = json!("e31=")),
        ),
        bad_trust("too many signatures", sign(PayloadType::Trust, &trust_document(json!({})), &seventeen)),
        bad_trust(
            "a signature without its key's name",
            tampered(&good, |value| {
                value["signatures"][0].as_object_mut().unwrap().remove("keyid");
            }),
        ),
        bad_trust("no list of signatures", tampered(&good, |value| value["signatures"] = Value::Null)),
    ]
}

fn trust_documents() -> Vec<Bad> {
    let next = |what, mut change: Value| {
        change.as_object_mut().unwrap().entry("version").or_insert(json!(6));
        bad_trust(what, trust(change))
    };
    let end = json!({ "id": id(FIRST), "since": "2026-11-20T00:00:00Z" });
    vec![
        next("another organization's trust document", json!({ "organization": "other" })),
        next("version 0", json!({ "version": 0 })),
        next("an older version", json!({ "version": 4 })),
        next("another document of the same version", json!({ "version": 5, "minSerial": 1 })),
        next("a version that is no number", json!({ "version": "six" })),
        next("ended", json!({ "expires": "2026-11-22T12:00:00Z" })),
        next("ends before it begins", json!({ "expires": "2026-10-01T00:00:00Z" })),
        next("issued tomorrow", json!({ "issued": "2026-11-23T00:00:00Z" })),
        next("no keys", json!({ "policyKeys": [] })),
        next(
            "a placeholder for a key",
            json!({ "policyKeys": [{ "public": format!("ed25519:{}=", "A".repeat(43)) }] }),
        ),
        next("a secret key", json!({ "policyKeys": [{ "public": key(FIRST).secret_text() }] })),
        next("another key's id", json!({ "policyKeys": [{ "id": id(SECOND), "public": public(FIRST) }] })),
        next(
            "a key twice",
            json!({ "policyKeys": [{ "public": public(FIRST) }, { "public": public(FIRST) }] }),
        ),
        next("threshold 0", json!({ "threshold": 0 })),
        next("more signatures than keys", json!({ "threshold": 3 })),
        next("a misspelled key", json!({ "policykeys": [] })),
        next("revoked twice", json!({ "revoked": [end.clone(), end] })),
        next("revoked at no time", json!({ "revoked": [{ "id": id(FIRST), "since": "today" }] })),
        next("a later format", json!({ "schema": "2.0" })),
    ]
}

fn policy_envelopes() -> Vec<Bad> {
    let next = document(json!({ "serial": 1043 }));
    let good = policy(json!({ "serial": 1043 }));
    let other = base64(&document(json!({ "serial": 1044 })));
    let revoked = json!([{ "id": id(FIRST), "since": "2026-11-20T00:00:00Z" }]);
    let doubled = tampered(&good, |value| {
        let one = value["signatures"][0].clone();
        value["signatures"].as_array_mut().unwrap().push(one);
    });
    vec![
        bad_policy("empty policy", Vec::new()),
        bad_policy("a network's sign-in page", PAGE.to_vec()),
        bad_policy("torn policy", cut(good.clone())),
        bad_policy("policy without envelope", next.clone()),
        bad_policy("policy by a root key", sign(PayloadType::Policy, &next, &[key(ROOT)])),
        bad_policy("policy without signatures", sign(PayloadType::Policy, &next, &[])),
        bad_policy("policy that was changed", tampered(&good, |value| value["payload"] = json!(other))),
        bad_policy("a trust document in place of the policy", trust(json!({}))),
        bad_policy(
            "a type of somebody else's",
            tampered(&good, |value| value["payloadType"] = json!("text/html")),
        ),
        bad_policy("more than 24 MiB", vec![b' '; 24 * 1024 * 1024 + 1]),
        bad_policy(
            "a document of more than 16 MiB",
            sign(PayloadType::Policy, &vec![b' '; 16 * 1024 * 1024 + 1], &[key(FIRST)]),
        ),
        with_trust("one signature of two", json!({ "version": 6, "threshold": 2 }), good.clone()),
        with_trust("one key's signature twice", json!({ "version": 6, "threshold": 2 }), doubled),
        with_trust("signed by a revoked key", json!({ "version": 6, "revoked": revoked }), good.clone()),
        with_trust(
            "one of two keys revoked",
            json!({ "version": 6, "threshold": 2, "revoked": revoked }),
            countersign(&good, &[key(SECOND)]).unwrap(),
        ),
        with_trust("below the least serial", json!({ "version": 6, "minSerial": 2000 }), good),
    ]
}

fn policies() -> Vec<Bad> {
    let next = |what, mut change: Value| {
        change.as_object_mut().unwrap().entry("serial").or_insert(json!(1043));
        bad_policy(what, policy(change))
    };
    let nothing = json!({ "hub": { "organizations": ["acme"] }, "registries": null });
    vec![
        next("another organization's policy", json!({ "organization": "other" })),
        next("an older edition", json!({ "serial": 1041 })),
        next("another document of the same serial", json!({ "serial": 1042, "mode": "audit" })),
        next("issued tomorrow", json!({ "issued": "2026-11-23T00:00:00Z" })),
        next("too old already", json!({ "staleAfter": "2026-11-22T11:00:00Z" })),
        next("no rules", nothing),
        next("a later format", json!({ "schema": "2.0" })),
        next("an unknown word", json!({ "mode": "watch" })),
        next("a rule without its image", json!({ "deny": [{ "reason": "SEC-1" }] })),
    ]
}

fn catalogs() -> Vec<Bad> {
    let naming = |bytes: &[u8]| {
        let catalog = json!({ "url": "catalog.json", "sha256": sha256(bytes) });
        policy(json!({ "serial": 1043, "catalog": catalog }))
    };
    let with = |what, policy, catalog: Option<&[u8]>| {
        (what, Some(trust(json!({}))), policy, catalog.map(<[u8]>::to_vec))
    };
    let wrong = br#"{ "schema": "1.0", "asOf": "2026-11-01T00:00:00Z", "namespaces": { "a": "trusted" } }"#;
    vec![
        with("no catalog", naming(CATALOG), None),
        with("another catalog", naming(CATALOG), Some(b"{}")),
        with(
            "a catalog that nobody named",
            policy(json!({ "serial": 1043, "catalog": null })),
            Some(CATALOG),
        ),
        with("a catalog that is a page", naming(PAGE), Some(PAGE)),
        with("a catalog with an unknown class", naming(wrong), Some(wrong)),
        with("the held policy with another catalog", policy(json!({})), Some(b"{}")),
    ]
}

#[test]
fn every_bad_offer_is_refused_with_its_sentence_and_the_held_set_stays() {
    let offers = [trust_envelopes(), trust_documents(), policy_envelopes(), policies(), catalogs()].concat();
    assert!(offers.len() >= 30);
    let mut machine = Machine::usual();
    let before = machine.held().stored(now());
    let mut page = String::new();
    for (what, trust, policy, catalog) in &offers {
        let offer = Offer { trust: trust.as_deref(), policy, catalog: catalog.as_deref() };
        let refusal = machine.takes(offer).expect_err(what);
        writeln!(page, "{what}\n  {refusal}\n").unwrap();
        assert!(machine.held().stored(now()) == before, "{what}");
        assert_eq!((machine.serial(), machine.stale_since("2026-11-22T12:00:00Z")), (1042, None), "{what}");
        assert_eq!(machine.pull("nginx"), Outcome::Allowed, "{what}");
        assert_eq!(machine.pull("someuser/tool"), Outcome::Blocked, "{what}");
    }
    insta::assert_snapshot!(page);
}

#[test]
fn signed_files_are_refused_where_the_enrollment_names_no_keys() {
    let mut machine = Machine { roots: crate::Roots::none(), ..Machine::empty() };
    let mut refused = |trust: Option<&[u8]>, policy: &[u8]| {
        machine.takes(Offer { trust, policy, catalog: Some(CATALOG) }).unwrap_err().to_string()
    };
    assert_eq!(
        refused(None, &policy(json!({}))),
        "in the policy, `/payload`: this policy is signed, and the enrollment names no keys to check it by; write \
         its root keys to `policy.keys`"
    );
    assert_eq!(
        refused(Some(&trust(json!({}))), &document(json!({}))),
        "in the trust document, `/`: the enrollment names no root keys to check it by; write them to `policy.keys`"
    );
}
