use super::provider::refused;
use super::*;

#[tokio::test]
async fn a_code_is_shown_and_asked_for_until_it_was_entered() {
    let acme = Acme::start().await;
    let pending = reply(403, "application/json", "{\"error\":\"authorization_pending\"}");
    acme.script("/token", [pending]);
    let waiting = acme.provider().begin_device().await.unwrap();
    let at = |path: &str| format!("{}{path}", acme.issuer());
    let shown = (waiting.user_code.as_str(), waiting.verification_uri.clone());
    assert_eq!(shown, ("WDJB-MJHT", at("/activate")));
    assert_eq!(waiting.verification_uri_complete, Some(at("/activate?code=WDJB-MJHT")));
    assert_eq!(waiting.expires, "2026-11-25T12:10:00Z".parse().unwrap());
    let begun = std::time::Instant::now();
    let identity = waiting.finish().await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(2), "two questions, a second before each");
    assert_eq!((personal(&identity), identity.refresh), (ada(), Some(Secret::new("refresh-1"))));
    assert_eq!(acme.seen("/token").len(), 2);
    assert_eq!(acme.seen("/device")[0].form()["scope"], "openid offline_access groups");
}

#[tokio::test]
async fn trouble_while_asking_is_waited_out() {
    let acme = Acme::start().await;
    acme.script("/token", [reply(502, "text/html", "<h1>gateway</h1>")]);
    let waiting = acme.provider().begin_device().await.unwrap();
    assert_eq!(waiting.finish().await.unwrap().account, "ada");
    assert_eq!(acme.seen("/token").len(), 2);
}

#[tokio::test]
async fn a_no_and_the_end_of_the_code_are_distinguished() {
    let acme = Acme::start().await;
    acme.script("/token", ["access_denied", "expired_token", "invalid_client"].map(refused));
    let mut results = Vec::new();
    for _ in 0..3 {
        let waiting = acme.provider().begin_device().await.unwrap();
        results.push(waiting.finish().await.unwrap_err());
    }
    let [denied, expired, refused] = results.as_slice() else { panic!("{results:?}") };
    assert!(matches!(denied, SignInError::Denied(_)), "{denied:?}");
    assert!(matches!(expired, SignInError::TimedOut), "{expired:?}");
    assert!(matches!(refused, SignInError::Refused { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_code_that_lives_shorter_than_the_wait_ends_without_a_question() {
    let acme = Acme::start().await;
    let given = json!({ "device_code": "x", "user_code": "y", "verification_uri": "https://acme.example/",
                        "expires_in": 1, "interval": 5 });
    acme.script("/device", [provider::ok(&given)]);
    let waiting = acme.provider().begin_device().await.unwrap();
    assert!(matches!(waiting.finish().await, Err(SignInError::TimedOut)));
    assert_eq!(acme.seen("/token"), []);
}

#[tokio::test]
async fn a_provider_without_codes_says_so() {
    let acme = Acme::start().await;
    acme.state().metadata["device_authorization_endpoint"] = Value::Null;
    let error = acme.provider().begin_device().await.err().unwrap();
    assert!(matches!(error, SignInError::NoDeviceGrant), "{error:?}");
}

#[tokio::test]
async fn a_place_to_enter_the_code_must_be_a_web_address() {
    let acme = Acme::start().await;
    let given = json!({ "device_code": "x", "user_code": "y", "verification_uri": "file:///etc/passwd",
                        "expires_in": 60 });
    acme.script("/device", [provider::ok(&given)]);
    assert!(matches!(acme.provider().begin_device().await.err(), Some(SignInError::Web(_))));
}
