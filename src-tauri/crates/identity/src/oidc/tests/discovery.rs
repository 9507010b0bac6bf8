use web::WebErrorKind;

use super::*;

const PATH: &str = "/.well-known/openid-configuration";

async fn kind(acme: &Acme) -> WebErrorKind {
    acme.provider().check().await.unwrap_err().kind
}

#[tokio::test]
async fn a_provider_by_another_name_is_not_the_enrolled_one() {
    let acme = Acme::start().await;
    acme.state().metadata["issuer"] = json!(format!("{}/", acme.issuer()));
    let error = acme.provider().check().await.unwrap_err().to_string();
    assert!(error.contains("letter by letter"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_no_metadata_is_trouble() {
    let acme = Acme::start().await;
    let cut = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{";
    let whole = acme.state().metadata.to_string();
    let page = reply(200, "text/html", &whole);
    acme.script(PATH, [Reply::Raw(cut.into()), page, reply(200, "application/json", &"x".repeat(1001))]);
    assert_eq!(kind(&acme).await, WebErrorKind::Truncated);
    assert_eq!(kind(&acme).await, WebErrorKind::CaptivePortal);
    assert_eq!(kind(&acme).await, WebErrorKind::TooLarge { limit: 1000 });
}

#[tokio::test]
async fn a_provider_that_never_answers_is_trouble() {
    let acme = Acme::start().await;
    acme.script(PATH, [Reply::Silence]);
    assert_eq!(kind(&acme).await, WebErrorKind::Timeout);
}

#[tokio::test]
async fn metadata_is_asked_for_once_an_hour_and_lived_with_when_the_provider_is_away() {
    let acme = Acme::start().await;
    let provider = acme.provider();
    let down = || reply(503, "text/plain", "");
    for (passed, answers, asked) in [(0, 0, 1), (3500, 0, 1), (200, 0, 2), (7200, 1, 3), (0, 1, 4)] {
        pass(passed);
        acme.script(PATH, (0..answers).map(|_| down()));
        assert_eq!((provider.check().await, acme.seen(PATH).len()), (Ok(()), asked), "after {passed}");
    }
    pass(8 * 24 * 3600);
    acme.script(PATH, [down()]);
    assert_eq!(
        provider.check().await.unwrap_err().kind,
        WebErrorKind::Status { code: 503, retry_after: None }
    );
}

#[tokio::test]
async fn a_sign_in_page_that_is_no_web_address_is_not_opened() {
    let acme = Acme::start().await;
    for address in ["file:///etc/passwd", "http://login.acme.example/", "javascript:alert(1)"] {
        acme.state().metadata["authorization_endpoint"] = json!(address);
        let error = acme.provider().begin_browser().await.err().unwrap();
        assert!(matches!(error, SignInError::Web(_)), "{address}: {error:?}");
    }
}
