use policy::{DistrustReason, Outcome, STARTER};
use serde_json::json;

use super::machine::{
    CATALOG, FIRST, Machine, ROOT, SECOND, document, id, key, offer, policy, public, trust,
};
use crate::{Offer, PayloadType, Roots, countersign, named_catalog, sha256, sign};

fn why(machine: &Machine) -> Option<DistrustReason> {
    machine.held().policy().distrust().map(|distrust| distrust.why)
}

#[test]
fn a_good_set_is_accepted_once() {
    let mut machine = Machine::usual();
    assert!(!machine.takes(offer(&trust(json!({})), &policy(json!({})))).unwrap());
    assert_eq!(machine.serial(), 1042);
    assert_eq!(machine.held().signed_by(), [key(FIRST).public().id()]);
    assert_eq!(machine.held().trust().unwrap().version, 5);
    assert_eq!(machine.held().policy().stamp().sha256, Some(sha256(&document(json!({})))));
    assert_eq!(machine.pull("bitnami/tool"), Outcome::Allowed);
}

#[test]
fn a_newer_edition_takes_the_place_of_the_held_one() {
    let mut machine = Machine::usual();
    let next = policy(json!({ "serial": 1043, "deny": [{ "match": "bitnami/**" }] }));
    assert!(machine.takes(offer(&trust(json!({})), &next)).unwrap());
    assert_eq!(machine.pull("bitnami/tool"), Outcome::Blocked);
}

#[test]
fn a_signature_more_under_the_same_document_is_no_second_document() {
    let mut machine = Machine::usual();
    let both = countersign(&policy(json!({})), &[key(SECOND)]).unwrap();
    assert!(machine.takes(offer(&trust(json!({})), &both)).unwrap());
    assert_eq!(machine.held().signed_by().len(), 2);
}

#[test]
fn the_catalog_that_a_policy_names_is_known_before_it_is_fetched() {
    let named = |bytes: &[u8]| named_catalog(bytes).map(|catalog| catalog.sha256);
    assert_eq!(named(&policy(json!({}))), Some(sha256(CATALOG)));
    assert_eq!(named(&document(json!({}))), Some(sha256(CATALOG)));
    assert_eq!(named(STARTER.as_bytes()), None);
    assert_eq!(named(b"<html>"), None);
}

#[test]
fn a_revoked_key_makes_the_held_policy_too_old_and_not_vanish() {
    let mut machine = Machine::usual();
    let since = "2026-11-20T00:00:00Z";
    let revoking = trust(json!({ "version": 6, "revoked": [{ "id": id(FIRST), "since": since }] }));
    assert!(machine.takes(offer(&revoking, &policy(json!({})))).unwrap());
    assert_eq!(why(&machine), Some(DistrustReason::KeysRevoked));
    assert_eq!(machine.stale_since("2026-11-22T00:00:00Z").as_deref(), Some(since));
    assert_eq!((machine.serial(), machine.pull("nginx")), (1042, Outcome::Allowed));
    let other = sign(PayloadType::Policy, &document(json!({})), &[key(SECOND)]);
    assert!(machine.takes(offer(&revoking, &other)).unwrap());
    assert_eq!(machine.stale_since("2026-11-22T00:00:00Z"), None);
}

#[test]
fn a_revocation_is_known_although_the_policy_beside_it_is_bad() {
    let mut machine = Machine::usual();
    let revoked = json!([{ "id": id(FIRST), "since": "2026-11-20T00:00:00Z" }]);
    let revoking = trust(json!({ "version": 6, "revoked": revoked }));
    assert!(machine.takes(offer(&revoking, b"<html>")).is_err());
    let held = machine.held().clone();
    assert!(machine.takes(held.with_trust(&revoking)).unwrap());
    assert_eq!(why(&machine), Some(DistrustReason::KeysRevoked));
}

#[test]
fn a_key_that_is_not_listed_any_longer_makes_the_held_policy_too_old() {
    let mut machine = Machine::usual();
    let keys = json!([{ "public": public(SECOND) }]);
    let issued = "2026-11-21T00:00:00Z";
    let rotated = trust(json!({ "version": 6, "issued": issued, "policyKeys": keys }));
    assert!(machine.takes(offer(&rotated, &policy(json!({})))).unwrap());
    assert_eq!(why(&machine), Some(DistrustReason::KeysReplaced));
    assert_eq!(machine.stale_since("2026-11-22T00:00:00Z").as_deref(), Some(issued));
    assert!(!machine.takes(offer(&rotated, &policy(json!({})))).unwrap());
    let next = sign(PayloadType::Policy, &document(json!({ "serial": 1043 })), &[key(SECOND)]);
    assert!(machine.takes(offer(&rotated, &next)).unwrap());
    assert_eq!(machine.stale_since("2026-11-22T00:00:00Z"), None);
}

#[test]
fn a_trust_document_that_ends_makes_the_held_policy_too_old_from_then() {
    let machine = Machine::usual();
    assert_eq!(machine.stale_since("2027-10-31T23:59:59Z"), None);
    assert_eq!(machine.stale_since("2027-11-01T00:00:00Z").as_deref(), Some("2027-11-01T00:00:00Z"));
    assert_eq!(why(&machine), Some(DistrustReason::TrustExpired));
}

#[test]
fn the_least_serial_of_a_trust_document_withdraws_earlier_editions() {
    let mut machine = Machine::usual();
    let asking = trust(json!({ "version": 6, "minSerial": 1043 }));
    assert!(machine.takes(offer(&asking, &policy(json!({})))).unwrap());
    assert_eq!(why(&machine), Some(DistrustReason::SerialWithdrawn));
}

#[test]
fn a_thief_who_used_up_the_serials_is_got_rid_of() {
    let mut machine = Machine::usual();
    let stolen = policy(json!({ "serial": u64::MAX }));
    assert!(machine.takes(offer(&trust(json!({})), &stolen)).unwrap());
    let revoked = json!([{ "id": id(FIRST), "since": "2026-11-20T00:00:00Z" }]);
    let revoking = trust(json!({ "version": 6, "minSerial": 1043, "revoked": revoked }));
    let next = sign(PayloadType::Policy, &document(json!({ "serial": 1043 })), &[key(SECOND)]);
    assert!(machine.takes(offer(&revoking, &next)).unwrap());
    assert_eq!(machine.serial(), 1043);
}

#[test]
fn a_policy_that_is_too_old_is_better_than_none_and_than_an_older_one() {
    let mut machine = Machine::empty();
    let old = |serial: u64| policy(json!({ "serial": serial, "staleAfter": "2026-11-22T07:00:00Z" }));
    assert!(machine.takes(offer(&trust(json!({})), &old(1042))).unwrap());
    assert!(machine.takes(offer(&trust(json!({})), &old(1043))).unwrap());
    assert_eq!(machine.serial(), 1043);
}

#[test]
fn an_unsigned_policy_may_go_back_since_root_wrote_it() {
    let mut machine = Machine { roots: Roots::none(), ..Machine::empty() };
    let mut takes = |serial: u64| {
        let bytes = document(json!({ "serial": serial }));
        machine.takes(Offer { trust: None, policy: &bytes, catalog: Some(CATALOG) })
    };
    assert_eq!([takes(9).unwrap(), takes(9).unwrap(), takes(3).unwrap()], [true, false, true]);
    assert_eq!(machine.serial(), 3);
}

#[test]
fn several_root_keys_sign_where_the_enrollment_asks_for_it() {
    let keys = vec![key(ROOT).public().clone(), key(SECOND).public().clone()];
    let mut machine = Machine { roots: Roots::new(keys, 2).unwrap(), ..Machine::empty() };
    let one = trust(json!({}));
    let refusal = machine.takes(offer(&one, &policy(json!({})))).unwrap_err().to_string();
    assert!(refusal.contains("1 of 2 signatures that the enrollment asks for"), "{refusal}");
    let both = countersign(&one, &[key(SECOND)]).unwrap();
    assert!(machine.takes(offer(&both, &policy(json!({})))).unwrap());
}
