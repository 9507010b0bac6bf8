//! The token endpoint: rotation, detected reuse, misbehavior, and the keys that sign.

use acceptance::browser::Browser;
use acceptance::internet::Manner;
use acceptance::laptop::Laptop;
use acceptance::provider::{ISSUER, Lifetimes, OldKeys, TOKEN_ENDPOINT};
use serde_json::{Value, json};

use super::reply::{BROKEN_OFF, Reply, ask, ask_for_tokens};
use super::sign_in::{claims, sign_in};

pub(super) fn refreshed_tokens_follow_the_groups(laptop: &Laptop, first: &Reply) -> Reply {
    let provider = laptop.provider();
    provider.regroup("ada", Some(&["engineering"]));
    provider.set_lifetimes(Lifetimes { access_token: Some(7), ..Lifetimes::default() });
    let second = refresh(laptop, first);
    assert_eq!(claims(&second)["groups"], json!(["engineering"]));
    assert_eq!(second.json()["expires_in"], 7);
    assert_eq!(provider.account("ada").refresh_tokens, 1);
    second
}

pub(super) fn an_answer_that_is_lost_has_used_the_token_up(laptop: &Laptop, tokens: &Reply) {
    let refresh_tokens = || laptop.provider().account("ada").refresh_tokens;
    laptop.internet().behave(TOKEN_ENDPOINT, Manner::CutsBlobs { after: 0 });
    let form = format!("-d grant_type=refresh_token -d refresh_token={}", tokens.word("refresh_token"));
    let lost = laptop.run(&format!("curl -sS --http1.1 {ISSUER}/token -d client_id=pullgate {form}"));
    assert!(BROKEN_OFF.contains(&lost.code) && lost.stdout.is_empty(), "{lost:?}");
    laptop.internet().behave_well();
    assert_eq!(refresh_tokens(), 1, "there is a successor that nobody knows");
    is_over(&refresh(laptop, tokens));
    assert_eq!(refresh_tokens(), 0, "a token used twice ends the whole grant");
}

pub(super) fn a_grant_is_ended_from_either_side(laptop: &Laptop, browser: &Browser<'_>) {
    let provider = laptop.provider();
    let tokens = sign_in(laptop, browser, |_| ());
    assert_eq!(provider.revoke("ada"), 1);
    is_over(&refresh(laptop, &tokens));
    let token = sign_in(laptop, browser, |_| ()).word("refresh_token");
    assert_eq!(provider.account("ada").refresh_tokens, 1);
    let revoked = ask(laptop, &format!("{ISSUER}/token/revocation -d client_id=pullgate -d token={token}"));
    assert_eq!((revoked.status, provider.account("ada").refresh_tokens), (200, 0));
}

pub(super) fn the_token_endpoint_misbehaves_as_ordered(laptop: &Laptop) {
    let internet = laptop.internet();
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let answer = || ask_for_tokens(laptop, &form);
    internet.behave(TOKEN_ENDPOINT, Manner::unavailable(Some(7)));
    assert_eq!((answer().status, answer().header("Retry-After")), (503, Some("7")));
    internet.behave_well();
    internet.behave(TOKEN_ENDPOINT, Manner::page(200));
    assert!(answer().status == 200 && answer().body.starts_with("<!doctype html>"));
    internet.behave_well();
    internet.behave(TOKEN_ENDPOINT, Manner::invalid_grant());
    assert_eq!((answer().status, answer().word("error").as_str()), (400, "invalid_grant"));
    internet.behave_well();
    let curl =
        "curl -sS -m 0.3 https://login.acme.example/token -d client_id=pullgate -d grant_type=refresh_token";
    internet.behave(TOKEN_ENDPOINT, Manner::Slow { milliseconds: 5000 });
    assert_eq!(laptop.run(curl).code, 28, "it takes too long");
    internet.behave_well();
    internet.behave(TOKEN_ENDPOINT, Manner::CutsBlobs { after: 10 });
    let cut = laptop.run(&format!("{curl} --http1.1"));
    assert!(BROKEN_OFF.contains(&cut.code) && cut.stdout.len() == 10, "{cut:?}");
    assert_eq!(ask(laptop, "https://login.acme.example/jwks").status, 200, "only one endpoint misbehaves");
    internet.behave_well();
}

pub(super) fn keys_are_rotated(laptop: &Laptop) {
    let keys = || ask(laptop, "https://login.acme.example/jwks").json()["keys"].as_array().cloned();
    let ids = |keys: Option<Vec<Value>>| -> Vec<Value> {
        keys.expect("there are keys").iter().map(|key| key["kid"].clone()).collect()
    };
    let first = ids(keys());
    laptop.provider().rotate_keys(OldKeys::Published);
    let second = ids(keys());
    assert_eq!((first.len(), &second[1..]), (1, &first[..]));
    laptop.provider().rotate_keys(OldKeys::Gone);
    let third = ids(keys());
    assert!(third.len() == 1 && !second.contains(&third[0]), "{third:?} after {second:?}");
}

pub(super) fn refresh(laptop: &Laptop, tokens: &Reply) -> Reply {
    let token = tokens.word("refresh_token");
    ask_for_tokens(laptop, &[("grant_type", "refresh_token"), ("refresh_token", &token)])
}

/// Holds that the provider has refused with the one word that ends a session.
pub(super) fn is_over(reply: &Reply) {
    assert_eq!((reply.status, reply.word("error").as_str()), (400, "invalid_grant"), "{reply:?}");
}
