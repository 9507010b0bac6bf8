use policy::{
    DistrustReason,
    fixture::{now, time},
};
use serde_json::json;

use super::machine::{FIRST, Machine, ROOT, SECOND, STRANGER, document, offer, policy, public, roots, trust};
use super::machine::{id, key};
use crate::{PayloadType, PolicyBundle, Roots, StoredPolicy, reverify, sign};

fn kept(machine: &Machine) -> StoredPolicy {
    let text = serde_json::to_vec(&machine.held().stored(now())).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn restarted(machine: &Machine) -> PolicyBundle {
    reverify(&kept(machine), &machine.roots, "acme", now()).unwrap()
}

fn why(set: &PolicyBundle) -> Option<DistrustReason> {
    set.policy().distrust().map(|distrust| distrust.why)
}

#[test]
fn a_kept_set_is_the_same_after_a_restart() {
    let machine = Machine::usual();
    let again = restarted(&machine);
    assert_eq!(again.stored(now()), kept(&machine));
    assert_eq!(again.policy().stamp(), machine.held().policy().stamp());
    assert_eq!(again.policy().stale_since(now()), None);
}

#[test]
fn what_was_revoked_stays_revoked_after_a_restart() {
    let revoked = json!([{ "id": id(FIRST), "since": "2026-11-20T00:00:00Z" }]);
    let rotated = json!([{ "public": public(SECOND) }]);
    for (change, expected) in [
        (json!({ "version": 6, "revoked": revoked }), DistrustReason::KeysRevoked),
        (json!({ "version": 6, "policyKeys": rotated }), DistrustReason::KeysReplaced),
        (json!({ "version": 6, "minSerial": 2000 }), DistrustReason::SerialWithdrawn),
    ] {
        let mut machine = Machine::usual();
        assert!(machine.takes(offer(&trust(change), &policy(json!({})))).unwrap());
        let again = restarted(&machine);
        assert_eq!(again.policy().distrust(), machine.held().policy().distrust());
        assert_eq!(why(&again), Some(expected));
        assert_eq!(again.trust().unwrap().version, 6);
        machine.held = Some(again);
        assert!(machine.takes(offer(&trust(json!({})), &policy(json!({})))).is_err());
    }
}

#[test]
fn other_root_keys_make_the_kept_policy_too_old_until_they_have_signed() {
    let mut machine = Machine::usual();
    machine.roots = roots(STRANGER);
    machine.held = Some(restarted(&machine));
    assert_eq!(why(machine.held()), Some(DistrustReason::RootsChanged));
    assert_eq!(machine.held().policy().stale_since(now()), Some(now()));
    let again = restarted(&machine);
    assert_eq!(why(&again), Some(DistrustReason::RootsChanged));
    let document = super::machine::trust_document(json!({ "version": 1 }));
    let by_the_new = sign(PayloadType::Trust, &document, &[key(STRANGER)]);
    assert!(machine.takes(offer(&by_the_new, &policy(json!({ "serial": 1 })))).unwrap());
    assert_eq!((machine.serial(), machine.held().policy().stale_since(now())), (1, None));
}

#[test]
fn what_nobody_signed_is_not_believed_once_keys_are_named_and_what_was_signed_is_too_old_without_them() {
    let signed = kept(&Machine::usual());
    let set = reverify(&signed, &Roots::none(), "acme", now()).unwrap();
    assert_eq!(why(&set), Some(DistrustReason::RootsChanged));
    let document = String::from_utf8(document(json!({ "catalog": null }))).unwrap();
    let unsigned =
        json!({ "organization": "acme", "document": document, "catalog": null, "confirmed": now() });
    let unsigned: StoredPolicy = serde_json::from_value(unsigned).unwrap();
    assert_eq!(why(&reverify(&unsigned, &Roots::none(), "acme", now()).unwrap()), None);
    let refusal = reverify(&unsigned, &roots(ROOT), "acme", now()).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "in the trust document, `/`: missing, and the enrollment names root keys"
    );
}

#[test]
fn a_clock_that_was_set_back_does_not_take_the_kept_policy_away() {
    let kept = kept(&Machine::usual());
    let set = reverify(&kept, &roots(ROOT), "acme", time("2001-01-01T00:00:00Z")).unwrap();
    assert_eq!(set.policy().stamp().serial, 1042);
}

#[test]
fn a_kept_set_that_was_damaged_or_is_another_organizations_is_refused() {
    let good = kept(&Machine::usual());
    let refused =
        |kept: &StoredPolicy, organization: &str| reverify(kept, &roots(ROOT), organization, now()).is_err();
    assert!(!refused(&good, "acme"));
    assert!(refused(&good, "other"));
    assert!(refused(&StoredPolicy { policy: good.policy.replacen("eyJ", "eyK", 1), ..good.clone() }, "acme"));
    assert!(refused(&StoredPolicy { catalog: Some("{}".to_owned()), ..good.clone() }, "acme"));
    assert!(refused(&StoredPolicy { trust: Some("{}".to_owned()), ..good.clone() }, "acme"));
    assert!(refused(&StoredPolicy { roots: Vec::new(), ..good.clone() }, "acme"));
    assert!(refused(&StoredPolicy { trust: None, ..good }, "acme"));
}
