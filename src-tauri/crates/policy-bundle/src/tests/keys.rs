use std::collections::BTreeSet;

use super::machine::{FIRST, id, key, public};
use crate::{KeyError, PublicKey, Roots, RootsError, SigningKey, Trust};

/// RFC 8032, section 7.1, the first test: a seed and its public key.
const SEED: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44,
    0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];
const PUBLIC: &str = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

#[test]
fn a_seed_has_the_public_key_of_the_standard() {
    assert_eq!(SigningKey::from_seed(SEED).unwrap().public().to_string(), PUBLIC);
}

#[test]
fn keys_are_read_as_they_are_printed() {
    let one = key(FIRST);
    let again: SigningKey = one.secret_text().parse().unwrap();
    assert_eq!(again.public(), one.public());
    assert_eq!(public(FIRST).parse::<PublicKey>().unwrap(), *one.public());
    assert_eq!(id(FIRST).len(), 16);
    assert_eq!(id(FIRST), one.public().id().to_string());
}

#[test]
fn a_secret_is_not_shown() {
    let one = key(FIRST);
    let shown = format!("{one:?}");
    assert!(shown.contains("***") && !shown.contains(&one.secret_text()), "{shown}");
    let mistaken = one.secret_text().parse::<PublicKey>().unwrap_err();
    assert_eq!(mistaken, KeyError::SecretAsPublic);
    assert!(!mistaken.to_string().contains("AgIC"));
}

#[test]
fn a_text_that_is_no_key_is_refused() {
    let refused = |text: &str| text.parse::<PublicKey>().unwrap_err();
    assert_eq!(refused(""), KeyError::Prefix);
    assert_eq!(refused("rsa:AAAA"), KeyError::Prefix);
    assert_eq!(refused("ed25519:AAAA"), KeyError::Encoding);
    assert_eq!(refused(&PUBLIC.replace("Ro=", "Rp=")), KeyError::Encoding);
    assert_eq!(refused(&PUBLIC.replace('=', "")), KeyError::Encoding);
    assert_eq!(refused(&format!("{PUBLIC}\n")), KeyError::Encoding);
    assert_eq!(public(FIRST).parse::<SigningKey>().unwrap_err(), KeyError::SecretPrefix);
}

#[test]
fn a_key_for_which_anyone_can_sign_is_refused() {
    assert_eq!(format!("ed25519:{}=", "A".repeat(43)).parse::<PublicKey>(), Err(KeyError::Weak));
    assert_eq!(format!("ed25519:AQ{}=", "A".repeat(41)).parse::<PublicKey>(), Err(KeyError::Weak));
}

#[test]
fn every_key_has_its_own_id() {
    let ids: BTreeSet<String> = (0..=255).map(id).collect();
    assert_eq!(ids.len(), 256);
}

#[test]
fn root_keys_are_distinguished_and_can_sign() {
    let one = key(FIRST).public().clone();
    let twice = Roots::new(vec![one.clone(), one.clone()], 1);
    assert_eq!(twice, Err(RootsError::Twice { id: one.id() }));
    assert_eq!(Roots::new(vec![one.clone()], 2), Err(RootsError::Threshold { threshold: 2, keys: 1 }));
    assert_eq!(Roots::new(vec![one], 0), Err(RootsError::Threshold { threshold: 0, keys: 1 }));
    assert!(Roots::none().is_none());
}

#[test]
fn the_manual_shows_a_trust_document_that_is_accepted() {
    let manual = include_str!("../../../../docs/policy.md");
    let blocks: Vec<&str> =
        manual.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [_policy, _catalog, trust] = blocks.as_slice() else { panic!("three documents") };
    assert!(Trust::parse(trust.as_bytes(), "acme").is_ok());
}
