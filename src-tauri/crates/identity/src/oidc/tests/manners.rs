//! What providers that organizations have want, by the symptom that people had.

use url::Url;

use super::provider::refused;
use super::*;

fn registered(client_id: &str, secret: Option<&str>) -> Registration {
    Registration { client_id: client_id.to_owned(), client_secret: secret.map(Secret::new) }
}

fn with(acme: &Acme, change: impl FnOnce(&mut Config)) -> Arc<Provider> {
    let mut config = config(&acme.issuer());
    change(&mut config);
    provider_with(config)
}

fn rule(text: &str) -> crate::membership::Rule {
    serde_json::from_str(text).unwrap()
}

fn asked(url: &str) -> std::collections::BTreeMap<String, String> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

/// AADSTS50011: Entra leaves the port aside for `localhost` alone.
#[tokio::test]
async fn a_provider_that_takes_localhost_only_gets_it() {
    let acme = Acme::start().await;
    let provider = with(&acme, |config| config.redirect_host = "localhost".to_owned());
    assert_eq!(provider.redirects(), ["http://localhost/callback"]);
    let waiting = provider.begin_browser().await.unwrap();
    let back = acme.authorize(waiting.url());
    assert!(back.starts_with("http://localhost:"), "{back}");
    let back = back.replace("http://localhost", "http://127.0.0.1");
    let (result, _) = tokio::join!(finish(waiting), visitor::get(&back));
    assert_eq!(result.unwrap().account, "ada");
    assert!(acme.seen("/token")[0].form()["redirect_uri"].starts_with("http://localhost:"));
}

#[test]
fn every_port_of_the_enrollment_has_an_address_to_register() {
    let config = Config { redirect_ports: vec![53682, 53683], ..config("https://acme.example") };
    let both = ["http://127.0.0.1:53682/callback", "http://127.0.0.1:53683/callback"];
    assert_eq!(config.redirects(), both);
}

/// Google answers the whole sign-in with `invalid_scope` when it is asked for `offline_access`.
#[tokio::test]
async fn usual_scopes_that_a_provider_does_not_list_are_not_asked_for() {
    let acme = Acme::start().await;
    let scope = async |listed: Value, scopes: Option<Vec<String>>| {
        acme.state().metadata["scopes_supported"] = listed;
        let provider = with(&acme, |config| config.scopes = scopes);
        asked(provider.begin_browser().await.unwrap().url())["scope"].clone()
    };
    assert_eq!(scope(json!(["openid", "email", "profile"]), None).await, "openid profile email");
    assert_eq!(scope(Value::Null, None).await, "openid profile email offline_access");
    assert_eq!(scope(json!([]), None).await, "openid profile email offline_access");
    let named = Some(vec!["openid".to_owned(), "groups".to_owned()]);
    assert_eq!(scope(json!(["openid"]), named).await, "openid groups", "what is named is asked for");
}

#[tokio::test]
async fn a_secret_goes_where_the_provider_takes_it() {
    let acme = Acme::start().await;
    let secret = |config: &mut Config| config.client = registered("pullgate", Some("GOCSPX word"));
    acme.state().metadata["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    sign_in(&acme, &with(&acme, secret)).await.unwrap();
    let seen = acme.seen("/token").pop().unwrap();
    assert_eq!(
        (seen.form()["client_secret"].as_str(), seen.headers.get("authorization")),
        ("GOCSPX word", None)
    );
    for methods in [json!(["client_secret_basic"]), Value::Null] {
        acme.state().metadata["token_endpoint_auth_methods_supported"] = methods;
        sign_in(&acme, &with(&acme, secret)).await.unwrap();
        let seen = acme.seen("/token").pop().unwrap();
        assert!(!seen.form().contains_key("client_secret"));
        assert_eq!(seen.headers["authorization"], "Basic cHVsbGdhdGU6R09DU1BYK3dvcmQ=");
    }
}

#[tokio::test]
async fn parameters_of_the_enrollment_go_with_a_code_too() {
    let acme = Acme::start().await;
    let audience = [("audience".to_owned(), "https://api.acme.example".to_owned())];
    let provider = with(&acme, |config| config.parameters = audience.into());
    provider.begin_device().await.unwrap();
    assert_eq!(acme.seen("/device")[0].form()["audience"], "https://api.acme.example");
}

/// Google wants another client for codes, and each refresh token belongs to the client it was given to.
#[tokio::test]
async fn a_session_that_began_with_a_code_is_renewed_by_the_client_for_codes() {
    let acme = Acme::start().await;
    let provider = with(&acme, |config| config.device_client = Some(registered("pullgate-tv", None)));
    acme.state().claims.insert("aud".to_owned(), json!("pullgate-tv"));
    acme.state().clients = vec!["pullgate".to_owned(), "pullgate-tv".to_owned()];
    let identity = provider.begin_device().await.unwrap().finish().await.unwrap();
    let known = Known { subject: &identity.subject, claims: &identity.claims };
    provider.renew(identity.refresh.as_ref().unwrap(), known).await.unwrap();
    let by: Vec<_> = acme.seen("/token").iter().map(|seen| seen.form()["client_id"].clone()).collect();
    assert_eq!(by, ["pullgate-tv", "pullgate-tv"]);
    assert_eq!(acme.seen("/device")[0].form()["client_id"], "pullgate-tv");
    let by_main = object(json!({ "sub": "17", "aud": ["pullgate"] }));
    let known = Known { subject: "17", claims: &by_main };
    let _refused = provider.renew(&Secret::new("refresh-1"), known).await;
    assert_eq!(acme.seen("/token").pop().unwrap().form()["client_id"], "pullgate");
}

/// Entra's userinfo endpoint answers 403, and was asked at every renewal for a `groups` that nobody needs.
#[tokio::test]
async fn the_userinfo_endpoint_is_not_asked_for_what_the_rule_does_not_need() {
    let acme = Acme::start().await;
    let endpoint = format!("{}/userinfo", acme.issuer());
    acme.state().metadata["userinfo_endpoint"] = json!(endpoint);
    acme.state().userinfo = reply(403, "application/json", "{\"error\":\"no\"}");
    acme.state().claims =
        object(json!({ "sub": "17", "name": "Ada", "realm_access": { "roles": ["developer"] } }));
    let provider = with(&acme, |config| {
        config.needed_claims = Vec::new();
        config.membership = Some(rule(r#"{"claim":"realm_access.roles","contains":"developer"}"#));
    });
    let identity = sign_in(&acme, &provider).await.unwrap();
    let known = Known { subject: &identity.subject, claims: &identity.claims };
    let renewed = provider.renew(identity.refresh.as_ref().unwrap(), known).await.unwrap();
    assert_eq!((renewed.account.as_str(), acme.seen("/userinfo").len()), ("Ada", 0));
}

#[tokio::test]
async fn a_closed_userinfo_endpoint_does_not_unprove_what_the_token_decides() {
    let acme = Acme::start().await;
    let endpoint = format!("{}/userinfo", acme.issuer());
    acme.state().metadata["userinfo_endpoint"] = json!(endpoint);
    acme.state().userinfo = reply(403, "application/json", "{\"error\":\"no\"}");
    let provider = with(&acme, |config| {
        config.needed_claims = Vec::new();
        config.membership = Some(rule(
            r#"{"any":[{"claim":"groups","contains":"engineering"},{"claim":"hd","equals":"acme.example"}]}"#,
        ));
    });
    let identity = sign_in(&acme, &provider).await.unwrap();
    acme.state().claims = object(json!({ "sub": "17", "groups": ["engineering"] }));
    let known = Known { subject: &identity.subject, claims: &identity.claims };
    let renewed = provider.renew(identity.refresh.as_ref().unwrap(), known).await.unwrap();
    assert_eq!(
        (renewed.account.as_str(), renewed.claims_from),
        ("ada", ClaimsFrom::IdToken),
        "the name of before"
    );
    acme.state().claims = object(json!({ "sub": "17" }));
    let result = provider.renew(renewed.refresh.as_ref().unwrap(), known).await;
    assert!(matches!(result, Err(RenewError::Unproven { .. })), "{result:?}");
}

#[test]
fn people_are_called_by_a_name_they_know_and_not_by_43_letters() {
    let called = |value: Value, named: Option<&str>| account(&object(value), named);
    let all = json!({ "name": "Ada", "nickname": "ada", "unique_name": "ACME\\ada", "upn": "ada@acme", "email": "ada@acme.example" });
    assert_eq!(called(all.clone(), None).as_deref(), Some("ada@acme.example"));
    assert_eq!(called(all, Some("upn")).as_deref(), Some("ada@acme"));
    assert_eq!(called(json!({ "name": "Ada" }), Some("missing")).as_deref(), Some("Ada"));
    let nested = json!({ "https://acme.example/name": "ada", "profile": { "login": "lovelace" } });
    assert_eq!(called(nested.clone(), Some("https://acme.example/name")).as_deref(), Some("ada"));
    assert_eq!(called(nested, Some("profile.login")).as_deref(), Some("lovelace"));
    assert_eq!(called(json!({ "sub": "43" }), None), None);
}

/// A new client per operation used to ask the discovery page each time, and a page that was down ended renewals.
#[tokio::test]
async fn a_renewal_survives_a_discovery_page_and_keys_that_are_down_also_in_another_process() {
    let acme = Acme::start().await;
    let cache = Arc::new(Cache::default());
    assert_eq!(cache.snapshot().await, None);
    let identity = sign_in(&acme, &provider_on(config(&acme.issuer()), Arc::clone(&cache))).await.unwrap();
    let text = cache.snapshot().await.unwrap();
    let down = || (0..9).map(|_| reply(503, "text/plain", ""));
    acme.script("/.well-known/openid-configuration", down());
    acme.script("/keys", down());
    pass(9 * 3600);
    let restored = Arc::new(Cache::restore(&text, &acme.issuer()));
    let provider = provider_on(config(&acme.issuer()), restored);
    // The token endpoint of these tests stands still at the start, so its token has ended; the way to it is the point.
    let known = Known { subject: &identity.subject, claims: &identity.claims };
    let result = provider.renew(identity.refresh.as_ref().unwrap(), known).await;
    assert!(
        matches!(result, Err(RenewError::Unusable { why: IdTokenError::Expired { .. }, .. })),
        "{result:?}"
    );
    for other in [Cache::restore(&text, "https://other.example"), Cache::restore("{", &acme.issuer())] {
        assert_eq!(other.snapshot().await, None, "nothing of another provider is believed");
    }
}

#[tokio::test]
async fn a_key_that_was_taken_back_is_believed_for_an_hour_at_most() {
    let acme = Acme::start().await;
    let provider = acme.provider();
    sign_in(&acme, &provider).await.unwrap();
    pass(600);
    sign_in(&acme, &provider).await.unwrap();
    assert_eq!(acme.seen("/keys").len(), 1);
    acme.state().shown = Vec::new();
    pass(3100);
    let result = sign_in(&acme, &provider).await;
    assert!(matches!(result, Err(SignInError::IdToken(_))), "{result:?}");
}

/// A connection that did not come about carried no token, so none is in doubt.
#[tokio::test]
async fn a_token_endpoint_that_cannot_be_reached_keeps_the_refresh_token_as_it_was() {
    let acme = Acme::start().await;
    let provider = acme.provider();
    let identity = sign_in(&acme, &provider).await.unwrap();
    acme.state().metadata["token_endpoint"] = json!("http://127.0.0.1:9/token");
    pass(3700);
    let known = Known { subject: &identity.subject, claims: &identity.claims };
    let result = provider.renew(identity.refresh.as_ref().unwrap(), known).await;
    assert!(matches!(result, Err(RenewError::NotSent(_))), "{result:?}");
}

#[tokio::test]
async fn each_refusal_names_what_to_change_and_who_does_it() {
    let acme = Acme::start().await;
    let said = async |error: &str, description: &str, change: fn(&mut Config)| {
        let body = json!({ "error": error, "error_description": description }).to_string();
        acme.script("/device", [reply(400, "application/json", &body)]);
        with(&acme, change).begin_device().await.err().unwrap().to_string()
    };
    acme.state().metadata["scopes_supported"] = json!(["openid", "email"]);
    let scopes = said("invalid_scope", "no", |_| {}).await;
    assert!(scopes.contains("asks for `openid offline_access groups`, and the provider does not list `offline_access`, `groups`; Acme has to"), "{scopes}");
    let usual = said("invalid_scope", "no", |config| config.scopes = None).await;
    assert!(usual.contains("has no `identity.scopes`, so `openid email` was asked for"), "{usual}");
    let secret = said("invalid_request", "client_secret is missing.", |_| {}).await;
    assert!(
        secret.contains("Acme has to add `identity.client_secret` (or `identity.client_secret_file`)"),
        "{secret}"
    );
    let tv = |config: &mut Config| config.device_client = Some(registered("tv", None));
    let secret = said("invalid_request", "client_secret is missing.", tv).await;
    assert!(secret.contains("`identity.device_client_secret`"), "{secret}");
    let grant = said("unauthorized_client", "not for codes", |_| {}).await;
    assert!(
        grant.contains("`identity.device_client_id`") && grant.contains("sign in with a browser"),
        "{grant}"
    );
    let redirect = said("invalid_request", "redirect_uri mismatch", |_| {}).await;
    assert!(
        redirect.contains("register `http://127.0.0.1/callback` with it for the client `pullgate`"),
        "{redirect}"
    );
    for one in [scopes, usual, secret, grant, redirect] {
        assert_eq!(one.lines().count(), 1, "{one}");
    }
    let waiting = acme.provider().begin_browser().await.unwrap();
    let back = acme.authorize(waiting.url());
    acme.script("/token", [refused("invalid_client")]);
    let (result, page) = tokio::join!(finish(waiting), visitor::get(&back));
    let error = result.unwrap_err().to_string();
    assert!(error.contains("Acme has to correct `identity.client_id`"), "{error}");
    assert!(page.contains("Acme has to correct <code>identity.client_id</code>"), "{page}");
}

#[tokio::test]
async fn a_refusal_does_not_repeat_the_client_secret() {
    let acme = Acme::start().await;
    acme.state().metadata["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    let provider = with(&acme, |config| config.client = registered("pullgate", Some("GOCSPX-word")));
    let body = json!({ "error": "invalid_client", "error_description": "GOCSPX-word is wrong" }).to_string();
    acme.script("/device", [reply(401, "application/json", &body)]);
    let error = provider.begin_device().await.err().unwrap();
    assert!(!format!("{error} {error:?}").contains("GOCSPX"), "{error:?}");
}
