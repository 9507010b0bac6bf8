use web::WebErrorKind;

use super::provider::{ok, refused, signing::Key};
use super::*;

async fn signed_in() -> (Acme, Arc<Provider>, Identity) {
    let acme = Acme::start().await;
    let provider = acme.provider();
    let identity = sign_in(&acme, &provider).await.unwrap();
    (acme, provider, identity)
}

async fn renew(provider: &Provider, identity: &Identity) -> Result<Identity, RenewError> {
    let known = Known { subject: &identity.subject, claims: &identity.claims };
    provider.renew(identity.refresh.as_ref().unwrap(), known).await
}

#[tokio::test]
async fn a_renewal_brings_the_next_refresh_token_and_the_claims_of_that_time() {
    let (acme, provider, first) = signed_in().await;
    acme.state().claims.insert("groups".to_owned(), json!([]));
    let second = renew(&provider, &first).await.unwrap();
    let groups = (second.claims_from, second.claims["groups"].clone());
    assert_eq!(groups, (ClaimsFrom::IdToken, json!([])));
    assert_ne!(second.refresh, first.refresh);
    assert!(renew(&provider, &second).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_session_and_its_successor() {
    let (_acme, provider, first) = signed_in().await;
    let second = renew(&provider, &first).await.unwrap();
    for identity in [first, second] {
        let result = renew(&provider, &identity).await;
        assert!(matches!(result, Err(RenewError::InvalidGrant)), "{result:?}");
    }
}

#[tokio::test]
async fn only_a_plain_invalid_grant_says_that_the_session_is_over() {
    let (acme, provider, identity) = signed_in().await;
    let body = "{\"error\":\"invalid_grant\"}";
    let json = |status| reply(status, "application/json", body);
    let over = [json(400), json(401), json(403), reply(400, "Application/JSON; charset=utf-8", body)];
    let count = over.len();
    acme.script("/token", over);
    for _ in 0..count {
        let result = renew(&provider, &identity).await;
        assert!(matches!(result, Err(RenewError::InvalidGrant)), "{result:?}");
    }
    let cut = format!("HTTP/1.1 400 X\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{body}");
    let unclear = [
        json(200),
        json(500),
        json(503),
        reply(400, "text/html", body),
        reply(400, "text/plain", body),
        reply(400, "application/json", "<h1>invalid_grant</h1>"),
        reply(400, "application/json", "\"invalid_grant\""),
        reply(400, "application/json", "{\"error\":{\"code\":\"invalid_grant\"}}"),
        reply(400, "application/json", "{\"error\":\"\"}"),
        reply(400, "application/json", ""),
        reply(200, "text/html", body),
        Reply::with(302, "Location: https://portal.example/\r\n", ""),
        Reply::Raw(cut.into()),
        Reply::Raw(Vec::new()),
        Reply::Silence,
    ];
    let count = unclear.len();
    acme.script("/token", unclear);
    for index in 0..count {
        let result = renew(&provider, &identity).await;
        assert!(matches!(result, Err(RenewError::Web(_))), "{index}: {result:?}");
    }
}

#[tokio::test]
async fn other_refusals_say_nothing_about_the_session() {
    let (acme, provider, identity) = signed_in().await;
    for error in ["invalid_client", "unauthorized_client", "temporarily_unavailable", "invalid_grant_type"] {
        acme.script("/token", [refused(error)]);
        let result = renew(&provider, &identity).await;
        assert!(matches!(&result, Err(RenewError::Refused(refusal)) if refusal.error == error), "{result:?}");
    }
}

#[tokio::test]
async fn a_provider_that_is_away_says_nothing_about_the_session() {
    let (acme, _, identity) = signed_in().await;
    let fresh = acme.provider();
    drop(acme);
    let result = renew(&fresh, &identity).await;
    assert!(matches!(result, Err(RenewError::NotSent(_))), "{result:?}");
}

/// It used to count as a token that was sent and whose answer got lost.
#[tokio::test]
async fn metadata_that_cannot_be_had_is_distinguished_from_a_lost_answer() {
    let (acme, _, identity) = signed_in().await;
    for broken in [reply(502, "text/plain", ""), Reply::Raw(Vec::new()), Reply::Silence] {
        acme.script("/.well-known/openid-configuration", [broken]);
        let asked = acme.seen("/token").len();
        let result = renew(&acme.provider(), &identity).await;
        assert!(matches!(result, Err(RenewError::NotSent(_))), "{result:?}");
        assert_eq!(acme.seen("/token").len(), asked);
    }
}

#[tokio::test]
async fn a_description_that_repeats_the_token_is_not_shown() {
    let (acme, provider, identity) = signed_in().await;
    let body = json!({ "error": "invalid_request", "error_description": "bad token refresh-2 given" });
    acme.script("/token", [reply(400, "application/json", &body.to_string())]);
    let error = renew(&provider, &identity).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("refresh-2"), "{error:?}");
}

#[tokio::test]
async fn a_provider_that_gives_no_new_refresh_token_means_the_old_one() {
    let (acme, provider, identity) = signed_in().await;
    acme.state().gives_refresh = false;
    assert_eq!(renew(&provider, &identity).await.unwrap().refresh, identity.refresh);
}

#[tokio::test]
async fn a_provider_that_offers_no_statement_at_a_renewal_says_no_more_than_that_it_renewed() {
    let (acme, provider, identity) = signed_in().await;
    acme.state().renewal_signs = false;
    let renewed = renew(&provider, &identity).await.unwrap();
    assert_eq!((renewed.claims_from, renewed.claims), (ClaimsFrom::NotOffered, identity.claims));
    assert_eq!((renewed.account, renewed.id_token), ("ada".to_owned(), None));
}

#[tokio::test]
async fn an_unusable_statement_does_not_lose_the_new_refresh_token() {
    let (acme, provider, identity) = signed_in().await;
    acme.state().claims.insert("sub".to_owned(), json!("18"));
    let result = renew(&provider, &identity).await;
    let Err(RenewError::Unusable { refresh, why }) = result else { panic!("{result:?}") };
    assert_eq!(why, IdTokenError::Subject);
    acme.state().claims.insert("sub".to_owned(), json!("17"));
    let next = Identity { refresh: Some(refresh), ..identity };
    assert!(renew(&provider, &next).await.is_ok());
}

#[tokio::test]
async fn keys_that_cannot_be_had_vouch_for_nobody_and_do_not_lose_the_new_refresh_token() {
    let (acme, provider, identity) = signed_in().await;
    pass(61);
    acme.state().key = Key::es256("second");
    acme.script("/keys", [reply(503, "text/plain", "")]);
    let result = renew(&provider, &identity).await;
    let Err(RenewError::Unproven { refresh, why: Unproven::Web(error) }) = result else {
        panic!("{result:?}")
    };
    assert!(matches!(error.kind, WebErrorKind::Status { code: 503, .. }), "{error:?}");
    assert_ne!(Some(refresh), identity.refresh);
}

#[tokio::test]
async fn an_answer_without_tokens_is_trouble() {
    let (acme, provider, identity) = signed_in().await;
    acme.script("/token", [ok(&json!({ "id_token": "secret" }))]);
    let result = renew(&provider, &identity).await;
    let Err(RenewError::Web(error)) = result else { panic!("{result:?}") };
    assert!(matches!(error.kind, WebErrorKind::Invalid { .. }), "{error:?}");
}
