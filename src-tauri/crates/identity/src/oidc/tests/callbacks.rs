use tokio::net::TcpStream;

use super::*;

/// A sign-in, where it listens, and the way back from a provider that said yes.
async fn waiting(acme: &Acme) -> (BrowserSignIn, String, String) {
    let waiting = acme.provider().begin_browser().await.unwrap();
    let back = acme.authorize(waiting.url());
    let host = back.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
    (waiting, host, back)
}

/// The way back with one parameter replaced, or left out.
fn altered(back: &str, name: &str, value: Option<&str>) -> String {
    let mut url = url::Url::parse(back).unwrap();
    let kept: Vec<_> = url.query_pairs().into_owned().filter(|(known, _)| known != name).collect();
    let added = value.map(|value| (name, value));
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(added);
    url.into()
}

#[tokio::test]
async fn strangers_get_a_page_and_the_sign_in_goes_on() {
    let acme = Acme::start().await;
    let (waiting, host, back) = waiting(&acme).await;
    let silent = TcpStream::connect(&host).await.unwrap();
    let visits = async {
        let stale = visitor::get(&altered(&back, "state", Some("stale"))).await;
        assert_eq!(visitor::words(&stale), (400, "This page belongs to another sign-in.".to_owned()));
        let denied = altered(&altered(&back, "state", None), "error", Some("access_denied"));
        assert_eq!(visitor::words(&visitor::get(&denied).await).0, 400);
        let nothing = visitor::get(&format!("http://{host}/favicon.ico")).await;
        assert_eq!(visitor::words(&nothing), (404, "There is nothing at this address.".to_owned()));
        let foreign = format!(
            "GET /{} HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            back.split_once("/callback").unwrap().1
        );
        assert_eq!(visitor::words(&visitor::raw(&host, &foreign).await).0, 400);
        let post = format!("POST /callback HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(visitor::words(&visitor::raw(&host, &post).await).0, 400);
        let garbage = visitor::raw(&host, "\u{1}\u{2}\u{3} hello\r\n\r\n").await;
        assert_eq!(visitor::words(&garbage).0, 400);
        visitor::get(&back).await
    };
    let (result, page) = tokio::join!(finish(waiting), visits);
    assert_eq!((result.unwrap().account.as_str(), visitor::words(&page).0), ("ada", 200));
    drop(silent);
}

#[tokio::test]
async fn an_endless_head_is_cut_off_and_the_sign_in_goes_on() {
    let acme = Acme::start().await;
    let (waiting, host, back) = waiting(&acme).await;
    let endless = format!("GET /callback HTTP/1.1\r\nHost: {host}\r\nX: {}", "x".repeat(33 * 1024));
    let visits = async {
        let mut stream = TcpStream::connect(&host).await.unwrap();
        // The listener hangs up before it has read all of it.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, endless.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await;
        visitor::get(&back).await
    };
    let (result, page) = tokio::join!(finish(waiting), visits);
    assert_eq!((result.is_ok(), visitor::words(&page).0), (true, 200));
}

#[tokio::test]
async fn a_browser_may_come_by_the_other_loopback_address() {
    let acme = Acme::start().await;
    let (waiting, host, back) = waiting(&acme).await;
    let other = host.replace("127.0.0.1", "[::1]");
    if TcpStream::connect(&other).await.is_err() {
        return;
    }
    let back = back.replace(&host, &other);
    let (result, _) = tokio::join!(finish(waiting), visitor::get(&back));
    assert_eq!(result.unwrap().account, "ada");
}

#[tokio::test]
async fn a_person_who_declines_learns_so() {
    let acme = Acme::start().await;
    let (waiting, _, back) = waiting(&acme).await;
    let denied = altered(&altered(&back, "code", None), "error", Some("access_denied"));
    let (result, page) = tokio::join!(finish(waiting), visitor::get(&denied));
    assert!(matches!(result, Err(SignInError::Denied(_))), "{result:?}");
    assert!(page.contains("The sign-in was declined; sign in again and choose to allow it."), "{page}");
}

#[tokio::test]
async fn what_the_provider_says_against_it_is_repeated_harmlessly() {
    let acme = Acme::start().await;
    let (waiting, _, back) = waiting(&acme).await;
    let error = altered(&altered(&back, "code", None), "error", Some("invalid_scope"));
    let error = altered(&error, "error_description", Some("no\r\n<b>`groups`</b>"));
    let (result, page) = tokio::join!(finish(waiting), visitor::get(&error));
    let text = result.unwrap_err().to_string();
    assert!(text.contains("(`invalid_scope`: no <b>groups</b>)"), "{text}");
    assert!(page.contains("no &lt;b&gt;groups&lt;/b&gt;"), "{page}");
}

#[tokio::test]
async fn an_answer_of_another_provider_is_not_taken() {
    let acme = Acme::start().await;
    for issuer in [Some("https://evil.example"), None] {
        let (waiting, _, back) = waiting(&acme).await;
        let mixed = altered(&back, "iss", issuer);
        let (result, _) = tokio::join!(finish(waiting), visitor::get(&mixed));
        assert!(matches!(result, Err(SignInError::OtherIssuer)), "{issuer:?}: {result:?}");
    }
    assert_eq!(acme.seen("/token"), []);
}

#[tokio::test]
async fn a_provider_that_never_promised_to_name_itself_may_leave_it_out() {
    let acme = Acme::start().await;
    acme.state().metadata["authorization_response_iss_parameter_supported"] = json!(false);
    let (waiting, _, back) = waiting(&acme).await;
    let unnamed = altered(&back, "iss", None);
    let (result, _) = tokio::join!(finish(waiting), visitor::get(&unnamed));
    assert_eq!(result.unwrap().account, "ada");
}
