//! An invented organization's keys and files, and a machine that holds what it accepted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::{
    DecisionContext, LoadedPolicy, Outcome, SignIn,
    fixture::{self, now, organization, time},
};
use serde_json::{Value, json};

use crate::{
    Acceptance, BundleRefusal, Offer, PayloadType, PolicyBundle, Roots, SigningKey, accept, sha256, sign,
};

pub(super) const ROOT: u8 = 1;
pub(super) const FIRST: u8 = 2;
pub(super) const SECOND: u8 = 3;
pub(super) const STRANGER: u8 = 9;

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32]).unwrap()
}

pub(super) fn public(seed: u8) -> String {
    key(seed).public().to_string()
}

pub(super) fn id(seed: u8) -> String {
    key(seed).public().id().to_string()
}

pub(super) fn roots(seed: u8) -> Roots {
    Roots::new(vec![key(seed).public().clone()], 1).unwrap()
}

pub(super) fn with(mut base: Value, change: Value) -> Vec<u8> {
    let Value::Object(fields) = change else { panic!("a change is an object") };
    base.as_object_mut().unwrap().extend(fields);
    base.to_string().into_bytes()
}

/// The trust document, with fields replaced.
pub(super) fn trust_document(change: Value) -> Vec<u8> {
    let base = json!({
        "schema": "1.0", "organization": "acme", "version": 5,
        "issued": "2026-11-01T00:00:00Z", "expires": "2027-11-01T00:00:00Z",
        "policyKeys": [{ "id": id(FIRST), "public": public(FIRST), "comment": "platform team" },
                       { "public": public(SECOND) }]
    });
    with(base, change)
}

pub(super) fn trust(change: Value) -> Vec<u8> {
    sign(PayloadType::Trust, &trust_document(change), &[key(ROOT)])
}

pub(super) const CATALOG: &[u8] =
    br#"{ "schema": "1.0", "asOf": "2026-11-01T00:00:00Z", "namespaces": { "bitnami": "verifiedPublisher" } }"#;

/// A policy that names the catalog, with sections replaced.
pub(super) fn document(change: Value) -> Vec<u8> {
    let catalog = json!({ "catalog": { "url": "catalog.json", "sha256": sha256(CATALOG) } });
    let base = serde_json::from_slice(&with(fixture::document(json!({})), catalog)).unwrap();
    with(base, change)
}

pub(super) fn policy(change: Value) -> Vec<u8> {
    sign(PayloadType::Policy, &document(change), &[key(FIRST)])
}

pub(super) fn offer<'a>(trust: &'a [u8], policy: &'a [u8]) -> Offer<'a> {
    Offer { trust: Some(trust), policy, catalog: Some(CATALOG) }
}

/// An envelope whose fields were replaced after signing.
pub(super) fn tampered(envelope: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(envelope).unwrap();
    change(&mut value);
    value.to_string().into_bytes()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A machine that takes every good offer.
pub(super) struct Machine {
    pub(super) roots: Roots,
    pub(super) now: jiff::Timestamp,
    pub(super) held: Option<PolicyBundle>,
}

impl Machine {
    pub(super) fn empty() -> Self {
        Self { roots: roots(ROOT), now: now(), held: None }
    }

    /// A machine that holds edition 1042 under version 5 of the trust document.
    pub(super) fn usual() -> Self {
        let mut machine = Self::empty();
        assert!(machine.takes(offer(&trust(json!({})), &policy(json!({})))).unwrap());
        machine
    }

    /// Whether the offer took the place of what was held.
    pub(super) fn takes(&mut self, offer: Offer<'_>) -> Result<bool, BundleRefusal> {
        match accept(offer, &self.roots, "acme", self.held.as_ref(), self.now)? {
            Acceptance::Same => Ok(false),
            Acceptance::Newer(set) => {
                self.held = Some(*set);
                Ok(true)
            }
        }
    }

    pub(super) fn held(&self) -> &PolicyBundle {
        self.held.as_ref().unwrap()
    }

    pub(super) fn serial(&self) -> u64 {
        self.held().policy().stamp().serial
    }

    pub(super) fn stale_since(&self, at: &str) -> Option<String> {
        self.held().policy().stale_since(time(at)).map(|since| since.to_string())
    }

    /// What a pull gets.
    pub(super) fn pull(&self, image: &str) -> Outcome {
        let situation = DecisionContext {
            organization: organization(),
            held: LoadedPolicy::Current(self.held().policy().clone()),
            absent_blocks: true,
            sign_in: SignIn::NotRequired,
            grants: Vec::new(),
            pause: None,
        };
        fixture::pull(&situation, image).outcome
    }
}
