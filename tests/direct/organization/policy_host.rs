//! The policy host: an ordinary web server, and what a network can make of one.

use acceptance::internet::Manner;
use acceptance::laptop::Laptop;

use super::reply::{BROKEN_OFF, ask};

pub(super) fn a_policy_is_fetched_once_and_then_only_compared(laptop: &Laptop) {
    let host = laptop.policy_host();
    let policy = format!("{{\"padding\":\"{}\"}}\n", "x".repeat(1000));
    host.put("v1/policy.json", &policy);
    let first = ask(laptop, &host.url("v1/policy.json"));
    assert_eq!((first.status, &first.body), (200, &policy));
    assert_eq!(first.header("content-encoding"), Some("gzip"));
    let tag = first.header("etag").expect("the host sends an ETag");
    let again = format!("-H 'If-None-Match: {tag}' {}", host.url("v1/policy.json"));
    assert_eq!(ask(laptop, &again).status, 304);
    host.put("v1/policy.json", "{}\n");
    assert_eq!(ask(laptop, &again).body, "{}\n");
    let statuses = laptop.internet().requests().into_iter().filter(|asked| asked.path == "/v1/policy.json");
    assert_eq!(statuses.map(|asked| asked.status).collect::<Vec<_>>(), [200, 304, 200]);
    host.remove("v1/policy.json");
    assert_eq!(ask(laptop, &host.url("v1/policy.json")).status, 404);
}

pub(super) fn the_policy_host_misbehaves_as_ordered(laptop: &Laptop) {
    let (host, internet) = (laptop.policy_host(), laptop.internet());
    host.put("policy.json", "0123456789\n");
    let url = host.url("policy.json");
    internet.behave("policy.acme.example", Manner::CutsBlobs { after: 4 });
    let cut = laptop.run(&format!("curl -sS --http1.1 {url}"));
    assert!(BROKEN_OFF.contains(&cut.code) && cut.stdout == "0123", "{cut:?}");
    internet.behave_well();
    internet.behave("policy.acme.example", Manner::page(200));
    assert_eq!(ask(laptop, &url).header("content-type"), Some("text/html; charset=utf-8"));
    internet.behave_well();
    internet.behave("policy.acme.example/policy.json", Manner::unavailable(Some(60)));
    let unavailable = ask(laptop, &url);
    assert_eq!((unavailable.status, unavailable.header("retry-after")), (503, Some("60")));
    assert_eq!(ask(laptop, &host.url("")).status, 200, "only one file is unavailable");
    internet.behave_well();
    internet.behave("policy.acme.example", Manner::Slow { milliseconds: 5000 });
    assert_eq!(laptop.run(&format!("curl -sS -m 0.3 {url}")).code, 28);
    internet.behave_well();
    assert_eq!(ask(laptop, &url).body, "0123456789\n");
}
