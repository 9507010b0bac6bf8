//! Answers of a provider.

use jiff::Timestamp;

use super::Cache;
pub(crate) use super::browser::fuzzing::callback;
use super::discovery::Metadata;
use super::id_token::Expected;
use super::keys::{Set, usable};
use super::token::Tokens;

const ISSUER: &str = "https://login.acme.example";

/// Whatever the provider says of itself, of its keys, or in place of tokens is read or refused, and no secret is shown.
pub(crate) fn answer(input: &[u8]) {
    Cache::restore(&String::from_utf8_lossy(input), ISSUER);
    drop(serde_json::from_slice::<Metadata>(input));
    drop(serde_json::from_slice::<Set>(input).map(usable));
    if let Ok(tokens) = serde_json::from_slice::<Tokens>(input) {
        let secret = tokens.access_token.expose();
        assert!(secret.len() < 16 || !format!("{:?}", tokens.access_token).contains(secret));
    }
}

/// The first line is a token, the rest keys: a token that none of the provider's keys signed says nothing.
pub(crate) fn id_token(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (token, keys) = text.split_once('\n').unwrap_or((&text, ""));
    let keys = serde_json::from_str::<Set>(keys).map(usable).unwrap_or_default();
    let expected =
        Expected { issuer: ISSUER, client_id: "pullgate", nonce: None, now: Timestamp::UNIX_EPOCH };
    assert!(expected.claims(token, &[]).is_err());
    if expected.claims(token, &keys).is_ok() {
        assert!(!keys.is_empty() && !token.ends_with('.'));
    }
}
