use super::provider::ok;
use super::*;

/// A provider whose ID tokens lack the groups, with this answer at its userinfo endpoint.
async fn without_groups(userinfo: Reply) -> (Acme, Arc<Provider>) {
    let acme = Acme::start().await;
    let endpoint = format!("{}/userinfo", acme.issuer());
    {
        let mut state = acme.state();
        state.metadata["userinfo_endpoint"] = json!(endpoint);
        state.claims.remove("groups");
        state.userinfo = userinfo;
    }
    let provider = acme.provider();
    (acme, provider)
}

fn with_groups(groups: &[&str]) -> Reply {
    ok(&json!({ "sub": "17", "groups": groups, "preferred_username": "not ada" }))
}

async fn try_renew(provider: &Provider, identity: &Identity) -> Result<Identity, RenewError> {
    let known = Known { subject: &identity.subject, claims: &identity.claims };
    provider.renew(identity.refresh.as_ref().unwrap(), known).await
}

async fn renew(provider: &Provider, identity: &Identity) -> Identity {
    try_renew(provider, identity).await.unwrap()
}

async fn unproven(provider: &Provider, identity: &Identity) -> (Secret, Unproven) {
    match try_renew(provider, identity).await {
        Err(RenewError::Unproven { refresh, why }) => (refresh, why),
        result => panic!("{result:?}"),
    }
}

#[tokio::test]
async fn a_claim_that_is_missing_is_asked_for_and_the_signed_ones_have_the_word() {
    let (acme, provider) = without_groups(with_groups(&["engineering"])).await;
    let identity = sign_in(&acme, &provider).await.unwrap();
    assert_eq!((personal(&identity), identity.claims_from), (ada(), ClaimsFrom::UserInfo));
    assert_eq!(acme.seen("/userinfo")[0].headers["authorization"], "Bearer access-secret");
}

#[tokio::test]
async fn nobody_is_asked_when_nothing_is_missing() {
    let (acme, provider) = without_groups(with_groups(&[])).await;
    acme.state().claims = ada();
    assert_eq!(sign_in(&acme, &provider).await.unwrap().claims_from, ClaimsFrom::IdToken);
    assert_eq!(acme.seen("/userinfo"), []);
}

#[tokio::test]
async fn claims_about_another_person_are_refused() {
    let (acme, provider) = without_groups(ok(&json!({ "sub": "18", "groups": ["engineering"] }))).await;
    let result = sign_in(&acme, &provider).await;
    assert!(matches!(result, Err(SignInError::IdToken(IdTokenError::Subject))), "{result:?}");
}

#[tokio::test]
async fn an_endpoint_that_is_away_is_trouble_at_a_sign_in_and_proves_nothing_at_a_renewal() {
    let (acme, provider) = without_groups(with_groups(&["engineering"])).await;
    let identity = sign_in(&acme, &provider).await.unwrap();
    for away in [reply(503, "text/plain", ""), reply(403, "text/html", "no robots"), Reply::Raw(Vec::new())] {
        acme.state().userinfo = away;
        let result = sign_in(&acme, &provider).await;
        assert!(matches!(result, Err(SignInError::Web(_))), "{result:?}");
    }
    acme.state().userinfo = with_groups(&["engineering"]);
    let identity = Identity { refresh: sign_in(&acme, &provider).await.unwrap().refresh, ..identity };
    acme.state().userinfo = reply(503, "text/plain", "");
    let (refresh, why) = unproven(&provider, &identity).await;
    assert!(matches!(why, Unproven::Web(_)), "{why:?}");
    acme.state().userinfo = with_groups(&[]);
    let renewed = renew(&provider, &Identity { refresh: Some(refresh), ..identity }).await;
    assert_eq!((renewed.claims["groups"].clone(), renewed.claims_from), (json!([]), ClaimsFrom::UserInfo));
}

#[tokio::test]
async fn an_endpoint_that_refuses_keeps_the_claim_missing_at_a_sign_in() {
    let (acme, provider) = without_groups(reply(403, "application/json", "{\"error\":\"no\"}")).await;
    let identity = sign_in(&acme, &provider).await.unwrap();
    assert_eq!((identity.claims.get("groups"), identity.claims_from), (None, ClaimsFrom::IdToken));
}

#[tokio::test]
async fn a_renewal_without_a_statement_takes_the_claims_of_the_endpoint_over_those_of_before() {
    let (acme, provider) = without_groups(with_groups(&["engineering"])).await;
    acme.state().claims.insert("tid".to_owned(), json!("tenant"));
    let identity = sign_in(&acme, &provider).await.unwrap();
    acme.state().renewal_signs = false;
    acme.state().userinfo = with_groups(&["sales"]);
    let renewed = renew(&provider, &identity).await;
    let claims = (renewed.claims["tid"].clone(), renewed.claims["groups"].clone());
    assert_eq!((claims, renewed.claims_from), ((json!("tenant"), json!(["sales"])), ClaimsFrom::UserInfo));
}

/// Such a renewal used to count as the provider's yes, so that the grace never ended.
#[tokio::test]
async fn an_endpoint_that_refuses_proves_nothing_at_a_renewal() {
    let (acme, provider) = without_groups(with_groups(&["engineering"])).await;
    for signs in [true, false] {
        acme.state().userinfo = with_groups(&["engineering"]);
        let identity = sign_in(&acme, &provider).await.unwrap();
        acme.state().renewal_signs = signs;
        acme.state().userinfo = reply(403, "application/json", "{\"error\":\"no\"}");
        let (refresh, why) = unproven(&provider, &identity).await;
        assert_eq!(why, Unproven::Refused);
        assert_ne!(Some(refresh), identity.refresh);
    }
}

#[tokio::test]
async fn a_name_for_people_alone_may_be_the_one_of_before() {
    let (acme, provider) = without_groups(with_groups(&["engineering"])).await;
    let identity = sign_in(&acme, &provider).await.unwrap();
    acme.state().claims = object(json!({ "sub": "17", "groups": ["sales"] }));
    acme.state().userinfo = reply(503, "text/plain", "");
    let renewed = renew(&provider, &identity).await;
    let found = (renewed.account.as_str(), renewed.claims["groups"].clone(), renewed.claims_from);
    assert_eq!(found, ("ada", json!(["sales"]), ClaimsFrom::IdToken));
}
