//! Addresses of the registry become addresses of the mirror.

use super::super::{
    harness::{DIGEST, Harness},
    origin::{Origin, raw},
};

/// What `Location` and `Link` of a registry's answer become; `HOME` is the registry's own address.
async fn rewritten(status: &str, location: &str, link: &str, path: &str) -> (Option<String>, Option<String>) {
    let text =
        format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nLink: {link}\r\nContent-Length: 0\r\n\r\n");
    let origin = Origin::plain(move |seen| raw(&text.replace("HOME", &seen.url))).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    let method = if status.starts_with("202") { "POST" } else { "GET" };
    let answer = client.ask(method, "127.0.0.1", path).await;
    let field = |name: &str| answer.field(name).map(|value| value.replace(&origin.url(), "HOME"));
    (field("location"), field("link"))
}

#[tokio::test]
async fn an_upload_goes_on_at_the_mirror() {
    for location in
        ["/v2/acme/app/blobs/uploads/1?_state=a%3D", "HOME/v2/acme/app/blobs/uploads/1?_state=a%3D"]
    {
        let (by_path, _) =
            rewritten("202 Accepted", location, "</x>", "/v2/ghcr.io/acme/app/blobs/uploads/").await;
        assert_eq!(by_path.as_deref(), Some("/v2/ghcr.io/acme/app/blobs/uploads/1?_state=a%3D"));
        let (by_name, _) =
            rewritten("202 Accepted", location, "</x>", "/v2/acme/app/blobs/uploads/?ns=ghcr.io").await;
        assert_eq!(by_name.as_deref(), Some("/v2/acme/app/blobs/uploads/1?_state=a%3D&ns=ghcr.io"));
    }
}

#[tokio::test]
async fn the_next_page_is_at_the_mirror() {
    let link = "</v2/acme/app/tags/list?last=b&n=2>; rel=\"next\"";
    let (_, by_path) = rewritten("200 OK", "/", link, "/v2/ghcr.io/acme/app/tags/list?n=2").await;
    assert_eq!(by_path.as_deref(), Some("</v2/ghcr.io/acme/app/tags/list?last=b&n=2>; rel=\"next\""));
    let (_, by_name) = rewritten("200 OK", "/", link, "/v2/acme/app/tags/list?n=2&ns=ghcr.io").await;
    assert_eq!(by_name.as_deref(), Some("</v2/acme/app/tags/list?last=b&n=2&ns=ghcr.io>; rel=\"next\""));
}

#[tokio::test]
async fn content_elsewhere_is_fetched_there() {
    for (location, arrives) in [
        ("https://cdn.example/blob?sig=a%2Fb", "https://cdn.example/blob?sig=a%2Fb"),
        ("HOME/artifacts/blob?sig=1", "HOME/artifacts/blob?sig=1"),
        ("/artifacts/blob?sig=1", "HOME/artifacts/blob?sig=1"),
        ("//cdn.example/blob", "https://cdn.example/blob"),
    ] {
        for path in [
            format!("/v2/ghcr.io/acme/app/blobs/{DIGEST}"),
            format!("/v2/acme/app/blobs/{DIGEST}?ns=ghcr.io"),
        ] {
            let (found, _) = rewritten("307 Temporary Redirect", location, "</x>", &path).await;
            assert_eq!(found.as_deref(), Some(arrives), "{path}");
        }
    }
}

#[tokio::test]
async fn a_redirect_within_the_registry_stays_with_the_mirror_and_is_judged() {
    let path = "/v2/ghcr.io/acme/app/manifests/1";
    let (found, _) = rewritten("307 Temporary Redirect", "/v2/evil/x/manifests/1", "</x>", path).await;
    assert_eq!(found.as_deref(), Some("/v2/ghcr.io/evil/x/manifests/1"));
}
