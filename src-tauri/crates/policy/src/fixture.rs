//! An invented organization for tests of this crate and of those that stand on it: its policy, its people, its questions.
#![expect(clippy::panic, clippy::unwrap_used, reason = "what is invented is known to be good")]

use std::collections::BTreeSet;
use std::sync::Arc;

use image_ref::{Reference, Tag};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    AccessRequest, Action, Contact, Decision, DecisionContext, Finding, LoadedPolicy, Organization, Policy,
    Refusal, SignIn, Target, decide,
};

/// A digest that nothing has.
pub const DIGEST: &str = "sha256:9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f";

/// A time as it is written in RFC 3339.
pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The time at which everything is asked.
pub fn now() -> Timestamp {
    time("2026-11-22T12:00:00Z")
}

/// A usual policy, with sections replaced.
pub fn document(change: Value) -> Value {
    let mut base = json!({
        "schema": "1.0", "organization": "acme", "serial": 1042, "issued": "2026-11-22T06:00:00Z",
        "hub": {
            "organizations": ["acme"],
            "classes": {
                "organization": "allow", "official": "allow", "verifiedPublisher": "allow",
                "sponsoredOss": "audit", "community": "block"
            }
        },
        "registries": { "default": "block", "entries": [
            { "id": "hub", "host": "docker.io", "action": "allow" },
            { "id": "ghcr", "host": "ghcr.io", "paths": ["acme/**"], "action": "allow" },
            { "id": "quay", "host": "quay.io", "action": "block" }
        ] }
    });
    let Value::Object(fields) = change else { panic!("a change is an object") };
    base.as_object_mut().unwrap().extend(fields);
    base
}

/// Reads a document with the usual catalog.
pub fn parse(document: &Value) -> Result<Policy, Refusal> {
    Policy::parse(document.to_string().as_bytes(), Some(&catalog()), "acme")
}

/// The usual policy, with sections replaced, ready to be asked.
pub fn policy(change: Value) -> Policy {
    parse(&document(change)).unwrap()
}

fn catalog() -> Vec<u8> {
    let catalog = json!({
        "schema": "1.0", "asOf": "2026-11-01T00:00:00Z",
        "namespaces": { "bitnami": "verifiedPublisher", "testcontainers": "sponsoredOss" },
        "repositories": { "library/nginx": "official", "bitnami/tool": "verifiedPublisher" },
        "replacements": { "someuser/tool": "bitnami/tool", "quay.io/old/nginx": "nginx", "someuser/gone": "quay.io/a/b" }
    });
    catalog.to_string().into_bytes()
}

/// The organization that is invented.
pub fn organization() -> Organization {
    let contact = Contact {
        name: Some("Platform team".to_owned()),
        email: Some("platform@acme.example".to_owned()),
        url: None,
    };
    Organization { name: "acme".to_owned(), display: "Acme".to_owned(), contact }
}

/// What is known where the usual policy holds, with sections replaced, and nobody has to sign in.
pub fn situation(change: Value) -> DecisionContext {
    DecisionContext {
        organization: organization(),
        held: LoadedPolicy::Current(Arc::new(policy(change))),
        absent_blocks: true,
        sign_in: SignIn::NotRequired,
        grants: Vec::new(),
        pause: None,
    }
}

/// A person who has signed in and is alone on the machine.
pub fn signed_in(groups: &[&str], role: Option<&str>) -> SignIn {
    SignIn::SignedIn {
        account: "ada@acme.example".to_owned(),
        uid: 1000,
        alone: true,
        groups: groups.iter().map(ToString::to_string).collect::<BTreeSet<_>>(),
        withheld: BTreeSet::new(),
        hub_role: role.map(str::to_owned),
    }
}

/// What a decision on an image rests on.
pub fn finding(decision: &Decision) -> Finding {
    match decision {
        Decision::Permitted(permit) => permit.finding().unwrap().clone(),
        Decision::Denied(denial) => denial.finding().clone(),
    }
}

/// What is decided on an image, as people name it.
pub fn ask(situation: &DecisionContext, action: Action, image: &str, known_as: &[&str]) -> Finding {
    let image = Reference::parse(image).unwrap();
    let repository = image.repository();
    let tags: Vec<Tag> = known_as.iter().map(|tag| Tag::parse(tag).unwrap()).collect();
    let latest = Tag::latest();
    let target = match (image.digest(), image.tag()) {
        (Some(digest), _) => Target::Digest { digest, known_as: &tags },
        (None, Some(tag)) => Target::Tag(tag),
        (None, None) => Target::Tag(&latest),
    };
    let ask = match action {
        Action::Pull => AccessRequest::Pull { repository, target },
        Action::Push => AccessRequest::Push { repository, target },
    };
    finding(&decide(situation, &ask, now()))
}

/// What is decided on a pull of an image, as people name it.
pub fn pull(situation: &DecisionContext, image: &str) -> Finding {
    ask(situation, Action::Pull, image, &[])
}
