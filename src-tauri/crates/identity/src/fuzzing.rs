//! What fuzzing gives to this crate: what a provider, or whoever stands in its place, may answer.

use serde_json::{Map, Value};

use crate::membership::{Rule, Standing, groups, judge};
use crate::oidc::account;
use crate::oidc::fuzzing as oidc;

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[
    ("oidc-answer", oidc::answer),
    ("oidc-callback", oidc::callback),
    ("oidc-id-token", oidc::id_token),
    ("oidc-claims", oidc_claims),
];

/// A claim that is not there makes nobody a member, and no list of groups is endless.
fn oidc_claims(input: &[u8]) {
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(input) else { return };
    let rule = serde_json::json!({ "claim": "groups", "contains": "engineering" });
    let Ok(rule) = serde_json::from_value::<Rule>(rule) else { return };
    if judge(&rule, &claims) == Standing::Member {
        assert!(claims.contains_key("groups") || claims.keys().any(|key| key.contains("groups")));
    }
    assert!(groups(&claims, "groups").len() <= 1000);
    drop(account(&claims, Some("email")));
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
