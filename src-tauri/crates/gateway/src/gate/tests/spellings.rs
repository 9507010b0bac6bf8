//! A blocked image in every spelling that somebody could read as its name, on both fronts: what was not judged by that
//! name reaches no registry. And of many who ask at once, nobody gets another one's answer.

use std::collections::BTreeSet;

use super::{
    client::Client,
    harness::Harness,
    origin::{Origin, ok},
};

/// What stands for a slash to some reader, or changes nothing for one who cleans paths.
const SLASHES: &[&str] = &[
    "//",
    "///",
    "/./",
    "/x/../",
    "/x/y/../../",
    "%2f",
    "%2F",
    "%252f",
    "%25252F",
    "\\",
    "%5c",
    "%5C",
    "%255c",
    "/;/",
    ";/",
    "/;a=b/",
    "/%2e/",
    "/x/%2e%2e/",
    "/x/.%2e/",
    "/x/%2e./",
    "/x/..;/",
    "/x/..;a/",
    "/x/%252e%252e/",
    "/.;/",
    "/%20/",
    "%00/",
    "/%00/",
    "/%09/",
    "/\t/",
    "/%0d%0a/",
    "%2f/",
    "/%2f",
    "/..%2f",
];
const AROUND: &[(&str, &str)] = &[
    ("/", ""),
    ("//", ""),
    ("/.", ""),
    ("/./", ""),
    ("/x/..", ""),
    ("/x/%2e%2e", ""),
    ("/..", ""),
    ("/%2e%2e", ""),
    ("\\", ""),
    ("%2f", ""),
    ("/;", ""),
    ("/%2f", ""),
    ("", "/"),
    ("", "//"),
    ("", "/."),
    ("", "/x/.."),
    ("", "%00"),
    ("", "%20"),
    ("", ";a"),
    ("", "%3ba"),
    ("", "%23a"),
    ("", "%3fa=b"),
    ("", "%0d%0aX: y"),
    ("", "?x=/v2/acme/app/manifests/1"),
    ("", "/..;/1"),
];

/// The path itself first.
fn spellings(path: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([path.to_owned()]);
    for (at, letter) in path.char_indices() {
        let (before, after) = (&path[..at], &path[at + letter.len_utf8()..]);
        let code = u32::from(letter);
        for written in [
            format!("%{code:02x}"),
            format!("%{code:02X}"),
            format!("%25{code:02x}"),
            format!("%2525{code:02x}"),
        ] {
            all.insert(format!("{before}{written}{after}"));
        }
        if letter.is_ascii_lowercase() {
            all.insert(format!("{before}{}{after}", letter.to_ascii_uppercase()));
        }
        if letter == '/' {
            all.extend(SLASHES.iter().map(|slash| format!("{before}{slash}{after}")));
        }
    }
    all.extend(AROUND.iter().map(|(before, after)| format!("{before}{path}{after}")));
    all
}

/// Paths that reached the registry although they can be read as the blocked image's.
fn reached(origin: &Origin) -> Vec<String> {
    let asked = origin.seen();
    let asked = asked.iter().map(|seen| seen.asked().to_ascii_lowercase());
    asked.filter(|path| path.contains("miner") || path.contains("evil")).collect()
}

/// Fails where the answer is content; a spelling may be refused as a path or as the image that it names.
async fn is_kept_out(mut client: Client, request: &str, path: &str) {
    client.try_send(request).await;
    // What is no request at all may end the connection.
    let Some(head) = client.head().await else { return };
    let status = head.split(' ').nth(1).unwrap();
    assert!(matches!(status, "400" | "403"), "{path}: {head}");
}

#[tokio::test]
async fn no_spelling_of_a_blocked_image_reaches_its_registry_by_the_proxy_front() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    let all = spellings("/v2/evil/miner/manifests/latest");
    for path in &all {
        let request = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: registry-1.docker.io\r\n\r\n");
        is_kept_out(harness.inside("registry-1.docker.io").await, &request(path), path).await;
        let absolute = request(&format!("http://registry-1.docker.io{path}"));
        is_kept_out(harness.proxy().await, &absolute, path).await;
    }
    assert!(all.len() > 250, "{}", all.len());
    assert_eq!(reached(&origin), [""; 0]);
}

#[tokio::test]
async fn no_spelling_of_a_blocked_image_reaches_its_registry_by_the_mirror_front() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    let mut all = spellings("/v2/docker.io/evil/miner/manifests/latest");
    let by_query = "/v2/evil/miner/manifests/latest";
    for query in [
        "ns=docker.io",
        "%6es=docker.io",
        "n%73=docker.io",
        "NS=docker.io",
        "ns=docker.io&ns=ghcr.io",
        "ns=ghcr.io&ns=docker.io",
        "ns=registry-1.docker.io",
        "ns=docker.io.",
        "ns=DOCKER.IO",
        "ns=docker.io:443",
        "ns=docker.io%00",
        "ns=%64ocker.io",
        "x=y&ns=docker.io",
    ] {
        all.insert(format!("{by_query}?{query}"));
        all.insert(format!("/v2/ghcr.io/acme/../..{}?{query}", &by_query[3..]));
    }
    for host in [
        "registry-1.docker.io",
        "index.docker.io",
        "docker.io__443",
        "docker.io:443",
        "docker.io.",
        "DOCKER.IO",
        "registry.hub.docker.com",
    ] {
        all.insert(format!("/v2/{host}/evil/miner/manifests/latest"));
    }
    for path in &all {
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:858\r\n\r\n");
        is_kept_out(harness.mirror().await, &request, path).await;
    }
    assert_eq!(reached(&origin), [""; 0]);
}

#[tokio::test]
async fn a_request_behind_another_is_judged_by_itself() {
    let origin = Origin::plain(|seen| ok(seen.asked())).await;
    let harness = Harness::before(&origin).await;
    let allowed = "GET /v2/acme/app/manifests/1 HTTP/1.1\r\nHost: ghcr.io\r\n\r\n";
    let mut client = harness.inside("ghcr.io").await;
    client
        .send(format!(
            "{allowed}{allowed}GET /v2/evil/miner/manifests/1 HTTP/1.1\r\nHost: ghcr.io\r\n\r\n{allowed}"
        ))
        .await;
    for _ in 0..2 {
        assert_eq!(client.answer("GET").await.text(), "GET /v2/acme/app/manifests/1");
    }
    assert_eq!(client.answer("GET").await.status, 403);
    assert_eq!(reached(&origin), [""; 0]);
}

#[tokio::test]
async fn of_many_who_ask_at_once_everybody_gets_their_own_answer() {
    let origin = Origin::plain(|seen| ok(seen.asked())).await;
    let harness = Harness::before(&origin).await;
    let mut everybody = tokio::task::JoinSet::new();
    for person in 0..32 {
        let mut client = harness.inside("ghcr.io").await;
        everybody.spawn(async move {
            for turn in 0..20 {
                let path = format!("/v2/acme/app/manifests/{person}-{turn}");
                // Some leave before their answer comes; its connection is nobody else's.
                if (person + turn) % 7 == 6 {
                    client.send(format!("GET {path} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n")).await;
                    return client.reset();
                }
                assert_eq!(client.ask("GET", "ghcr.io", &path).await.text(), format!("GET {path}"));
            }
        });
    }
    while let Some(done) = everybody.join_next().await {
        done.unwrap();
    }
}
