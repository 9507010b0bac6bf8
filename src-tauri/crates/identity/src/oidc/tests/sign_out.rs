use web::WebErrorKind;

use super::provider::refused;
use super::*;

#[tokio::test]
async fn a_sign_out_revokes_the_token_and_names_the_page_that_ends_the_session() {
    let acme = Acme::start().await;
    let out = acme.provider().sign_out(Some(&Secret::new("refresh-2")), Some(&Secret::new("a.b.c"))).await;
    let page = format!("{}/end?id_token_hint=a.b.c&client_id=pullgate", acme.issuer());
    assert_eq!(out, SignedOut { revocation: Revocation::Done, end_session: Some(Secret::new(page)) });
    let form = acme.seen("/revoke")[0].form();
    assert_eq!((form["token"].as_str(), form["token_type_hint"].as_str()), ("refresh-2", "refresh_token"));
}

#[tokio::test]
async fn what_became_of_the_token_is_reported() {
    let acme = Acme::start().await;
    let token = Secret::new("refresh-2");
    acme.script("/revoke", [refused("unsupported_token_type"), reply(503, "text/plain", "")]);
    let provider = acme.provider();
    let refused = provider.sign_out(Some(&token), None).await.revocation;
    assert!(
        matches!(&refused, Revocation::Refused(why) if why.error == "unsupported_token_type"),
        "{refused:?}"
    );
    let failed = provider.sign_out(Some(&token), None).await.revocation;
    assert!(
        matches!(&failed, Revocation::Failed(error) if error.kind != WebErrorKind::Truncated),
        "{failed:?}"
    );
    assert_eq!(provider.sign_out(None, None).await.revocation, Revocation::NoToken);
    acme.state().metadata["revocation_endpoint"] = Value::Null;
    assert_eq!(acme.provider().sign_out(Some(&token), None).await.revocation, Revocation::NotOffered);
}

#[tokio::test]
async fn a_sign_out_without_the_provider_ends_nothing_there_and_says_so() {
    let acme = Acme::start().await;
    acme.script("/.well-known/openid-configuration", [reply(503, "text/plain", "")]);
    let out = acme.provider().sign_out(Some(&Secret::new("x")), None).await;
    assert!(matches!(out.revocation, Revocation::Failed(_)) && out.end_session.is_none(), "{out:?}");
}
