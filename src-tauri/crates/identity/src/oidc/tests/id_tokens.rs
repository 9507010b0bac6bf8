use super::provider::signing::Key;
use super::*;

/// Why a sign-in with these claims over the usual ones is refused.
async fn flaw(claims: Value) -> Option<IdTokenError> {
    let acme = Acme::start().await;
    acme.state().claims.extend(object(claims));
    match sign_in(&acme, &acme.provider()).await {
        Ok(_) => None,
        Err(SignInError::IdToken(why)) => Some(why),
        Err(error) => panic!("{error:?}"),
    }
}

fn seconds(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_second()
}

#[tokio::test]
async fn a_token_for_another_sign_in_program_or_provider_is_refused() {
    assert_eq!(flaw(json!({ "nonce": "other" })).await, Some(IdTokenError::Nonce));
    assert_eq!(flaw(json!({ "nonce": null })).await, Some(IdTokenError::Nonce));
    assert_eq!(flaw(json!({ "aud": "other" })).await, Some(IdTokenError::Audience));
    assert_eq!(flaw(json!({ "iss": "https://evil.example" })).await, Some(IdTokenError::Issuer));
}

#[tokio::test]
async fn among_several_audiences_the_authorized_party_decides() {
    let aud = ["account", "pullgate"];
    assert_eq!(flaw(json!({ "aud": aud, "azp": "pullgate" })).await, None);
    assert_eq!(flaw(json!({ "aud": aud, "azp": "account" })).await, Some(IdTokenError::Audience));
    assert_eq!(flaw(json!({ "aud": aud })).await, Some(IdTokenError::Audience));
}

#[tokio::test]
async fn a_clock_may_be_ten_minutes_wrong_and_no_more() {
    let expires = |time: &str| json!({ "exp": seconds(time) });
    assert_eq!(flaw(expires("2026-11-25T11:50:01Z")).await, None);
    let (until, now) = ("2026-11-25T11:50:00Z".parse().unwrap(), START.parse().unwrap());
    assert_eq!(flaw(expires("2026-11-25T11:50:00Z")).await, Some(IdTokenError::Expired { until, now }));
}

#[tokio::test]
async fn claims_of_odd_types_do_not_end_a_sign_in() {
    let odd = json!({ "email_verified": "true", "updated_at": "2026-11-25T12:00:00Z" });
    assert_eq!(flaw(odd).await, None);
}

#[tokio::test]
async fn a_token_without_a_person_is_refused() {
    assert_eq!(flaw(json!({ "sub": null })).await, Some(IdTokenError::Malformed));
    assert_eq!(flaw(json!({ "sub": "" })).await, Some(IdTokenError::Malformed));
}

#[tokio::test]
async fn rsa_signatures_are_known() {
    let acme = Acme::start().await;
    let key = Key::rs256("rsa");
    acme.state().shown = vec![key.public()];
    acme.state().key = key;
    assert_eq!(personal(&sign_in(&acme, &acme.provider()).await.unwrap()), ada());
}

#[tokio::test]
async fn a_forged_signature_is_refused() {
    let acme = Acme::start().await;
    acme.state().key = Key::es256("first");
    let result = sign_in(&acme, &acme.provider()).await;
    assert!(matches!(result, Err(SignInError::IdToken(IdTokenError::Signature))), "{result:?}");
}

#[tokio::test]
async fn a_token_that_claims_to_need_no_signature_or_a_shared_word_is_refused() {
    for algorithm in ["none", "HS256"] {
        let acme = Acme::start().await;
        acme.state().key.claimed_algorithm = Some(algorithm);
        let result = sign_in(&acme, &acme.provider()).await;
        let refused = matches!(result, Err(SignInError::IdToken(IdTokenError::Algorithm)));
        assert!(refused, "{algorithm}: {result:?}");
    }
}

#[tokio::test]
async fn a_key_that_rolled_over_is_fetched_and_a_made_up_one_only_once_a_minute() {
    let acme = Acme::start().await;
    let provider = acme.provider();
    assert!(sign_in(&acme, &provider).await.is_ok());
    pass(61);
    let second = Key::es256("second");
    acme.state().shown = vec![second.public()];
    acme.state().key = second;
    assert!(sign_in(&acme, &provider).await.is_ok());
    assert_eq!(acme.seen("/keys").len(), 2);
    acme.state().key = Key::es256("made up");
    for _ in 0..3 {
        let result = sign_in(&acme, &provider).await;
        assert!(matches!(result, Err(SignInError::IdToken(IdTokenError::UnknownKey))), "{result:?}");
    }
    assert_eq!(acme.seen("/keys").len(), 2);
}

#[tokio::test]
async fn a_provider_that_names_nobody_is_no_sign_in() {
    let acme = Acme::start().await;
    let bare = json!({ "access_token": "a", "token_type": "Bearer" });
    acme.script("/token", [provider::ok(&bare)]);
    let result = sign_in(&acme, &acme.provider()).await;
    assert!(matches!(result, Err(SignInError::IdToken(IdTokenError::Missing))), "{result:?}");
}
