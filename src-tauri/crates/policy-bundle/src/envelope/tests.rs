use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{SigningKey, countersign, sign};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32]).unwrap()
}

fn good(envelope: &[u8], keys: &[u8]) -> usize {
    let keys: Vec<PublicKey> = keys.iter().map(|seed| key(*seed).public().clone()).collect();
    Envelope::parse(envelope).unwrap().signers(keys.iter()).good.len()
}

#[test]
fn what_is_signed_is_what_the_standard_says() {
    let signed = pae("http://example.com/HelloWorld", b"hello world");
    assert_eq!(signed, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

#[test]
fn an_envelope_gives_back_the_exact_bytes() {
    let payload = b" { \"a\":\n1 } ";
    let envelope = Envelope::parse(&sign(PayloadType::Policy, payload, &[key(1)])).unwrap();
    assert_eq!(envelope.unverified_payload(), payload);
    assert_eq!(envelope.key_ids().collect::<Vec<_>>(), [key(1).public().id().as_str()]);
}

#[test]
fn a_second_person_adds_a_signature_and_a_key_has_only_one() {
    let one = sign(PayloadType::Policy, b"{}", &[key(1)]);
    let two = countersign(&one, &[key(2)]).unwrap();
    assert_eq!(good(&two, &[1, 2, 3]), 2);
    assert_eq!(countersign(&two, &[key(2)]).unwrap(), two);
}

#[test]
fn a_signature_is_for_one_type_of_document() {
    let policy = sign(PayloadType::Policy, b"{}", &[key(1)]);
    let mut value: Value = serde_json::from_slice(&policy).unwrap();
    value["payloadType"] = json!(PayloadType::Trust.media_type());
    assert_eq!(good(value.to_string().as_bytes(), &[1]), 0);
}

#[test]
fn keys_of_later_envelopes_are_left_aside() {
    let mut value: Value = serde_json::from_slice(&sign(PayloadType::Policy, b"{}", &[key(1)])).unwrap();
    value["timestamp"] = json!("later");
    value["signatures"][0]["certificate"] = json!({});
    assert_eq!(good(value.to_string().as_bytes(), &[1]), 1);
}

const PAYLOAD: &[u8] = br#"{"schema":"1.0"}"#;

proptest! {
    #[test]
    fn no_bytes_bring_opening_down(at in 0_usize..300, with in any::<Vec<u8>>(), without in 0_usize..40) {
        let mut bytes = sign(PayloadType::Policy, PAYLOAD, &[key(1)]);
        let at = at.min(bytes.len());
        let end = (at + without).min(bytes.len());
        bytes.splice(at..end, with.iter().copied());
        if let Ok(envelope) = Envelope::parse(&bytes) {
            let fits = envelope.signers([key(1).public()].into_iter()).good.len() == 1;
            let unchanged = envelope.unverified_payload() == PAYLOAD;
            prop_assert!(!fits || unchanged);
        }
    }
}
