//! Finding a claim and its values.

use serde_json::{Map, Value};

/// What became of a claim.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Claim {
    Values(Vec<String>),
    Missing,
    Overage,
}

/// The claim of this name: first the key that is spelled exactly so, then dots as steps into objects.
pub(super) fn find(claims: &Map<String, Value>, path: &str) -> Claim {
    match step(claims, path) {
        Some(value) => Claim::Values(values(value)),
        None if is_overage(claims, path) => Claim::Overage,
        None => Claim::Missing,
    }
}

/// `null` is as good as absent.
fn step<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(path) {
        return Some(value).filter(|value| !value.is_null());
    }
    path.rmatch_indices('.').find_map(|(dot, _)| {
        let (key, rest) = (path.get(..dot)?, path.get(dot + 1..)?);
        step(object.get(key)?.as_object()?, rest)
    })
}

/// Entra ID puts a pointer in place of more than 200 groups: `_claim_names` with the claim's name, or `hasgroups`.
fn is_overage(claims: &Map<String, Value>, path: &str) -> bool {
    let pointed = claims.get("_claim_names").and_then(Value::as_object);
    let flagged = path == "groups" && claims.get("hasgroups").is_some_and(is_yes);
    flagged || pointed.is_some_and(|names| names.contains_key(path))
}

fn is_yes(value: &Value) -> bool {
    value == &Value::Bool(true) || value == "true"
}

fn values(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(scalar).collect(),
        Value::Object(object) => object.keys().cloned().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            scalar(value).into_iter().collect()
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
