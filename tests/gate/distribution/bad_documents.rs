//! Everything that must be refused.

use acceptance::internet::Manner;
use acceptance::signing::{
    PLATFORM, ROOT, SECOND, STRANGER, id, policy, sealed, signed_policy, signed_trust, trust,
};
use policy_bundle::PayloadType;
use serde_json::{Value, json};

/// A file for whoever holds this serial and this version.
type Bytes = Box<dyn Fn(u64, u64) -> Vec<u8>>;

/// What is wrong at the host.
pub(super) enum Bad {
    Behaves(&'static str, Manner),
    Gone(&'static str),
    Bytes(&'static str, Bytes),
    /// A trust document that is good, with a policy that is not good under it.
    Under(Value, Bytes),
    /// A catalog that the policy means.
    Catalog(&'static str),
}

/// All of them, with their names.
pub(super) fn all() -> Vec<(&'static str, Bad)> {
    let mut all = host();
    all.extend(envelopes());
    all.extend(policies());
    all.extend(trusts());
    all.extend(signers());
    all.extend(catalogs());
    all
}

fn host() -> Vec<(&'static str, Bad)> {
    let redirect = Manner::Answers {
        status: 302,
        headers: vec![("Location".to_owned(), "http://policy.acme.example/v1/policy.json".to_owned())],
        body: String::new(),
    };
    let policy = |manner| Bad::Behaves("policy.json", manner);
    vec![
        ("the answer breaks off", policy(Manner::CutsBlobs { after: 100 })),
        ("a web page", policy(Manner::page(200))),
        ("a web page that forbids", policy(Manner::page(403))),
        ("unavailable for two minutes", policy(Manner::unavailable(Some(120)))),
        ("unavailable", policy(Manner::unavailable(None))),
        ("a redirect without TLS", policy(redirect)),
        ("no policy", Bad::Gone("policy.json")),
        ("no trust document", Bad::Gone("trust.json")),
        ("no catalog", Bad::Gone("catalog.json")),
        ("larger than any envelope", bytes(|_, _| vec![b' '; 24 * 1024 * 1024 + 1])),
    ]
}

fn bytes(make: impl Fn(u64, u64) -> Vec<u8> + 'static) -> Bad {
    Bad::Bytes("policy.json", Box::new(make))
}

/// A signed policy of the next serial with this key replaced.
fn with(key: &'static str, value: Value) -> Bad {
    bytes(move |serial, _| next(serial, key, &value, &[PLATFORM]))
}

fn next(serial: u64, key: &str, value: &Value, keys: &[u8]) -> Vec<u8> {
    let mut document = policy(json!({ "serial": serial + 1 }));
    document[key] = value.clone();
    signed_policy(&document, keys)
}

fn good(serial: u64) -> Vec<u8> {
    next(serial, "x-note", &Value::Null, &[PLATFORM])
}

/// The good envelope with one text in it replaced.
fn replaced(from: &'static str, to: &'static str) -> Bad {
    bytes(move |serial, _| {
        let text = String::from_utf8(good(serial)).expect("an envelope is text");
        assert!(text.contains(from), "{text}");
        text.replacen(from, to, 1).into_bytes()
    })
}

fn envelopes() -> Vec<(&'static str, Bad)> {
    let half = |serial: u64| good(serial)[..300].to_vec();
    let twice = |serial: u64| {
        let text = policy(json!({ "serial": serial + 1 })).to_string();
        sealed(PayloadType::Policy, text.replacen('{', "{\"serial\":1,", 1).as_bytes(), &[PLATFORM])
    };
    let as_trust = |serial: u64| {
        sealed(
            PayloadType::Trust,
            policy(json!({ "serial": serial + 1 })).to_string().as_bytes(),
            &[PLATFORM],
        )
    };
    let latin = |_: u64| sealed(PayloadType::Policy, b"{ \"organization\": \"acm\xe9\" }", &[PLATFORM]);
    let plain = |serial: u64| policy(json!({ "serial": serial + 1 })).to_string().into_bytes();
    vec![
        ("empty", bytes(|_, _| Vec::new())),
        ("cut in half", bytes(move |serial, _| half(serial))),
        ("not UTF-8", bytes(|_, _| b"{ \"payload\": \"\xe9\" }".to_vec())),
        ("not UTF-8 inside", bytes(move |serial, _| latin(serial))),
        ("no base64", replaced("\"payload\": \"", "\"payload\": \"*")),
        ("another type", bytes(move |serial, _| as_trust(serial))),
        ("an unknown type", replaced("vnd.pullgate.policy.v1", "vnd.pullgate.policy.v9")),
        ("a key twice in the envelope", replaced("{", "{ \"payload\": \"e30=\",")),
        ("a key twice in the policy", bytes(move |serial, _| twice(serial))),
        ("not signed", bytes(move |serial, _| plain(serial))),
        ("changed after signing", replaced("eyJ", "eyK")),
    ]
}

fn policies() -> Vec<(&'static str, Bad)> {
    let empty = |serial: u64| {
        let bare = json!({ "schema": "1.0", "organization": "acme", "serial": serial + 1, "issued": "2026-11-22T06:00:00Z" });
        signed_policy(&bare, &[PLATFORM])
    };
    let numbered = |serial: u64, note: &str| {
        signed_policy(&policy(json!({ "serial": serial, "x-note": note })), &[PLATFORM])
    };
    vec![
        ("of another organization", with("organization", json!("other"))),
        ("of a later major version", with("schema", json!("2.0"))),
        ("an unknown key", with("denny", json!([]))),
        ("issued in the future", with("issued", json!("2099-01-01T00:00:00Z"))),
        ("too old already", with("staleAfter", json!("2026-11-23T00:00:00Z"))),
        ("no rules", bytes(move |serial, _| empty(serial))),
        ("a lower serial", bytes(move |serial, _| numbered(serial - 1, "old"))),
        ("the same serial with other content", bytes(move |serial, _| numbered(serial, "another"))),
        ("a catalog elsewhere", with("catalog", json!({ "url": "../shadow", "sha256": "0".repeat(64) }))),
        (
            "a catalog on another host",
            with("catalog", json!({ "url": "https://evil.example/c", "sha256": "0".repeat(64) })),
        ),
    ]
}

fn trusts() -> Vec<(&'static str, Bad)> {
    fn by(keys: &'static [u8], change: fn(u64) -> Value) -> Bad {
        Bad::Bytes("trust.json", Box::new(move |_, version| signed_trust(&trust(change(version)), keys)))
    }
    vec![
        (
            "trust that has ended",
            by(&[ROOT], |version| json!({ "version": version + 1, "expires": "2026-11-20T00:00:00Z" })),
        ),
        ("trust of a lower version", by(&[ROOT], |version| json!({ "version": version - 1 }))),
        (
            "another trust of the same version",
            by(&[ROOT], |version| json!({ "version": version, "x-note": "another" })),
        ),
        ("trust signed by a stranger", by(&[STRANGER], |version| json!({ "version": version + 1 }))),
        ("trust signed by a key of policies", by(&[PLATFORM], |version| json!({ "version": version + 1 }))),
        ("trust that nobody signed", by(&[], |version| json!({ "version": version + 1 }))),
        (
            "trust of another organization",
            by(&[ROOT], |version| json!({ "version": version + 1, "organization": "other" })),
        ),
        (
            "trust issued in the future",
            by(&[ROOT], |version| json!({ "version": version + 1, "issued": "2030-01-01T00:00:00Z" })),
        ),
        ("trust without keys", by(&[ROOT], |version| json!({ "version": version + 1, "policyKeys": [] }))),
        ("trust that is no JSON", Bad::Bytes("trust.json", Box::new(|_, _| b"trust".to_vec()))),
    ]
}

fn signers() -> Vec<(&'static str, Bad)> {
    let by = |keys: &'static [u8]| bytes(move |serial, _| next(serial, "x-note", &Value::Null, keys));
    let under = |change: Value, keys: &'static [u8]| {
        Bad::Under(change, Box::new(move |serial, _| next(serial, "x-note", &Value::Null, keys)))
    };
    let revoked = json!({ "revoked": [{ "id": id(SECOND), "since": "2026-11-02T00:00:00Z", "reason": "laptop lost" }] });
    vec![
        ("signed by nobody", by(&[])),
        ("signed by a stranger", by(&[STRANGER])),
        ("signed by the root key", by(&[ROOT])),
        (
            "signed by seventeen",
            bytes(|serial, _| {
                let keys: Vec<u8> = (20..37).collect();
                next(serial, "x-note", &Value::Null, &keys)
            }),
        ),
        ("signed by a revoked key", under(revoked, &[SECOND])),
        ("signed by one of two", under(json!({ "threshold": 2 }), &[PLATFORM])),
        ("below the least serial", under(json!({ "minSerial": 1_000_000 }), &[PLATFORM])),
    ]
}

fn catalogs() -> Vec<(&'static str, Bad)> {
    vec![
        ("another catalog than the named one", Bad::Bytes("catalog.json", Box::new(|_, _| b"{}".to_vec()))),
        ("a catalog that is none", Bad::Catalog("{ \"schema\": \"1.0\" }")),
    ]
}
