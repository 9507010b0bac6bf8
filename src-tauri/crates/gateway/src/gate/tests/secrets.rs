//! No secret in what is logged or printed, however much is asked for.

use std::{
    io,
    sync::{Arc, Mutex},
};

use http1::{Reply, Request};
use secret::Secret;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::{
    corporate::Corporate,
    harness::{ADA, Harness, upstreams},
    origin::{Origin, Step, ok, raw},
};
use crate::{ClientCertificate, Login, Readers, Upstreams};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// As written, in Base64, and as a list of bytes.
fn has_secret(text: &str) -> bool {
    ["hunter2", "aHVudGVy", "aHVudGVyMg", "h1bnRlcjI", "104, 117, 110"]
        .iter()
        .any(|secret| text.contains(secret))
}

#[tokio::test]
async fn logs_hold_no_secret_whatever_goes_wrong() {
    let written = Written::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(written.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let challenge =
        "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"ORIGIN/token\"\r\nContent-Length: 0\r\n\r\n";
    let origin = Origin::plain(move |seen| match seen.asked() {
        asked if asked.contains("/token") => ok("{\"token\":\"hunter2-token\"}"),
        asked if asked.contains("broken") => {
            [raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), vec![Step::Close]].concat()
        }
        asked if asked.contains("garbage") => {
            [raw("Set-Cookie: hunter2\r\n\r\n"), vec![Step::Close]].concat()
        }
        _ if seen.field("authorization").is_none() => raw(&challenge.replace("ORIGIN", &seen.url)),
        _ => ok("content"),
    })
    .await;
    let refusing = Corporate::refusing("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n").await;
    let mut settings = upstreams(&[("ghcr.io", &origin)]);
    settings.egress = refusing.settings("ada:hunter2@");
    let harness = Harness::new(json!({}), settings).await;
    harness.has_login(ADA, "ghcr.io", "ada", "hunter2");
    for (host, path) in [
        ("ghcr.io", "/v2/acme/app/manifests/1"),
        ("ghcr.io", "/v2/acme/app/manifests/broken"),
        ("ghcr.io", "/v2/acme/app/manifests/garbage"),
        ("ghcr.io", "/v2/evil/app/manifests/1"),
        ("ghcr.io", "/v2/%65vil/app/manifests/1"),
        ("registry-1.docker.io", "/v2/acme/app/manifests/1"),
    ] {
        let fields =
            "Authorization: Bearer hunter2\r\nProxy-Authorization: Basic hunter2\r\nCookie: hunter2\r\n";
        let mut client = harness.inside(host).await;
        client.ask_with("GET", host, path, fields).await;
        let mut mirror = harness.mirror().await;
        let there = path.replacen("/v2/", &format!("/v2/{host}/"), 1);
        mirror.ask("GET", "127.0.0.1", &there).await;
        let mut mirror = harness.mirror().await;
        mirror.ask_with("GET", "127.0.0.1", &there, "Authorization: Basic YWRhOmh1bnRlcjI=\r\n").await;
    }
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("no answer from upstream"), "nothing was logged: {text}");
    let found: Vec<&str> = text.lines().filter(|line| has_secret(line)).collect();
    assert!(found.is_empty(), "{found:#?}");
    let decisions = format!("{:?}", harness.decisions());
    assert!(!has_secret(&decisions), "{decisions}");
}

#[test]
fn debug_output_holds_no_secret() {
    let settings: Upstreams = serde_json::from_value(json!({
        "egress": { "settings": { "http": "http://ada:hunter2@proxy", "noProxy": "a" } },
        "engineEgress": { "podman": { "settings": { "https": "http://ada:hunter2@proxy" } } },
        "registries": { "a": { "clients": [{ "certificate": "c", "key": "hunter2" }] } }
    }))
    .unwrap();
    let login = Login { user: "ada".into(), secret: Secret::new("hunter2") };
    let key = ClientCertificate {
        certificate: "c".into(),
        key: "hunter2".into(),
        source: "c".into(),
        readers: Readers::default(),
    };
    let head = "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer hunter2\r\nCookie: hunter2\r\n\r\n";
    let reply =
        "HTTP/1.1 200 OK\r\nSet-Cookie: hunter2\r\nLocation: https://cdn.example/?sig=hunter2\r\n\r\n";
    for text in [
        format!("{settings:?}"),
        format!("{login:?}"),
        format!("{key:?}"),
        format!("{:?}", Request::parse(head.as_bytes()).unwrap()),
        format!("{:?}", Reply::parse(reply.as_bytes()).unwrap()),
    ] {
        assert!(!has_secret(&text), "{text}");
    }
}
