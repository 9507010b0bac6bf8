use super::provider::refused;
use super::*;

#[tokio::test]
async fn a_sign_in_yields_the_person_and_tells_the_browser() {
    let acme = Acme::start().await;
    let provider = acme.provider();
    let waiting = provider.begin_browser().await.unwrap();
    let back = acme.authorize(waiting.url());
    let (identity, page) = tokio::join!(finish(waiting), visitor::get(&back));
    let identity = identity.unwrap();
    assert_eq!(personal(&identity), ada());
    let tokens = (identity.refresh.clone(), identity.id_token.is_some());
    assert_eq!(tokens, (Some(Secret::new("refresh-2")), true));
    assert_eq!((identity.subject.as_str(), identity.account.as_str()), ("17", "ada"));
    assert_eq!(identity.claims_from, ClaimsFrom::IdToken);
    assert_eq!(identity.provider_time, "2026-11-25T12:00:07Z".parse().ok());
    assert_eq!(visitor::words(&page), (200, "You are signed in to Acme.".to_owned()));
    assert!(!page.contains("refresh-2") && !page.contains("code-1"), "{page}");
}

#[tokio::test]
async fn the_browser_is_sent_with_everything_that_protects_the_way_back() {
    let acme = Acme::start().await;
    let waiting = acme.provider().begin_browser().await.unwrap();
    let url = url::Url::parse(waiting.url()).unwrap();
    let asked: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    let lengths = ["state", "nonce", "code_challenge"].map(|name| asked[name].len());
    assert_eq!(lengths, [43; 3]);
    let fixed = ["response_type", "client_id", "scope", "code_challenge_method", "prompt"];
    let fixed = fixed.map(|name| asked[name].as_str());
    assert_eq!(fixed, ["code", "pullgate", "openid offline_access groups", "S256", "consent"]);
    assert_eq!(asked.len(), 9, "a parameter of the enrollment replaces none of these: {asked:?}");
}

#[tokio::test]
async fn two_sign_ins_share_no_word() {
    let acme = Acme::start().await;
    let provider = acme.provider();
    let first = provider.begin_browser().await.unwrap();
    let second = provider.begin_browser().await.unwrap();
    let words = |url: &str| -> std::collections::BTreeSet<String> {
        let url = url::Url::parse(url).unwrap();
        let random = ["state", "nonce", "code_challenge", "redirect_uri"];
        let pairs = url.query_pairs().filter(|(name, _)| random.contains(&name.as_ref()));
        pairs.map(|(_, value)| value.into_owned()).collect()
    };
    assert!(words(first.url()).is_disjoint(&words(second.url())));
}

#[tokio::test]
async fn nobody_coming_back_is_a_sign_in_not_finished_in_time() {
    let acme = Acme::start().await;
    let waiting = acme.provider().begin_browser().await.unwrap();
    let result = waiting.finish(Duration::from_millis(50)).await;
    assert!(matches!(result.err(), Some(SignInError::TimedOut)));
}

#[tokio::test]
async fn a_dropped_sign_in_listens_no_more() {
    let acme = Acme::start().await;
    let waiting = acme.provider().begin_browser().await.unwrap();
    let back = acme.authorize(waiting.url());
    let host = back.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
    drop(tokio::net::TcpStream::connect(&host).await.unwrap());
    drop(waiting);
    assert!(tokio::net::TcpStream::connect(&host).await.is_err());
}

#[tokio::test]
async fn a_fixed_port_is_used_and_a_taken_one_is_passed_over() {
    let acme = Acme::start().await;
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let taken_port = taken.local_addr().unwrap().port();
    let with = |ports| provider_with(Config { redirect_ports: ports, ..config(&acme.issuer()) });
    let waiting = with(vec![taken_port, free]).begin_browser().await.unwrap();
    assert!(acme.authorize(waiting.url()).starts_with(&format!("http://127.0.0.1:{free}/callback?")));
    let none = with(vec![taken_port]).begin_browser().await;
    assert!(matches!(none.err(), Some(SignInError::Listen { .. })));
}

#[tokio::test]
async fn a_refused_code_is_said_to_the_browser_too() {
    let acme = Acme::start().await;
    let waiting = acme.provider().begin_browser().await.unwrap();
    let back = acme.authorize(waiting.url());
    acme.script("/token", [refused("invalid_client")]);
    let (result, page) = tokio::join!(finish(waiting), visitor::get(&back));
    let error = result.unwrap_err().to_string();
    assert!(error.contains("`invalid_client`: as the provider says"), "{error}");
    assert_eq!(visitor::words(&page), (400, "You are not signed in to Acme.".to_owned()));
    assert!(page.contains("<code>invalid_client</code>: as the provider says"), "{page}");
}

#[tokio::test]
async fn somebody_who_may_not_sign_in_is_not_informed_that_they_did() {
    let acme = Acme::start().await;
    let waiting = acme.provider().begin_browser().await.unwrap();
    let back = acme.authorize(waiting.url());
    let judged = async {
        let (_, tab) = waiting.finish(LONG).await.unwrap();
        tab.refuse("The account `ada` is not in Acme.").await;
    };
    let ((), page) = tokio::join!(judged, visitor::get(&back));
    assert_eq!(visitor::words(&page), (400, "You are not signed in to Acme.".to_owned()));
    assert!(page.contains("<p>The account <code>ada</code> is not in Acme.</p>"), "{page}");
}

#[tokio::test]
async fn a_token_endpoint_that_redirects_gets_the_code_once() {
    let acme = Acme::start().await;
    acme.script("/token", [Reply::with(307, "Location: /elsewhere\r\n", "")]);
    let result = sign_in(&acme, &acme.provider()).await;
    assert!(matches!(result, Err(SignInError::Web(_))), "{result:?}");
    assert_eq!((acme.seen("/token").len(), acme.seen("/elsewhere").len()), (1, 0));
}

#[tokio::test]
async fn a_sign_in_without_a_refresh_token_is_one() {
    let acme = Acme::start().await;
    acme.state().gives_refresh = false;
    assert_eq!(sign_in(&acme, &acme.provider()).await.unwrap().refresh, None);
}
