//! What came of an image that was let through.

use super::*;

fn sentence(image: &str, upstream: Option<UpstreamResult>) -> Option<String> {
    let finding = pull(&situation(json!({})), image);
    let (verdict, last) = (verdict(finding), now());
    describe_upstream(&Entry {
        verdict,
        count: 1,
        last,
        asker: Asker::default(),
        upstream,
        failures: None,
        digest: None,
    })
}

#[test]
fn what_went_well_or_is_not_known_is_not_said() {
    assert_eq!(sentence("nginx", None), None);
    assert_eq!(sentence("nginx", Some(UpstreamResult::Delivered { status: 200 })), None);
    assert_eq!(sentence("nginx", Some(UpstreamResult::Other)), None);
}

#[test]
fn what_the_registry_refused_is_not_put_down_to_the_policy() {
    let refused = UpstreamResult::Refused { status: 404, message: "manifest unknown".to_owned() };
    assert_eq!(
        sentence("ghcr.io/acme/tool", Some(refused)).unwrap(),
        "The policy allowed this image. The problem is elsewhere: ghcr.io has no such image, or hides it from \
         you: 404 (manifest unknown). Check the name and tag, and your login for this registry."
    );
    let denied = UpstreamResult::HubDenied { message: "image access denied".to_owned() };
    assert_eq!(
        sentence("nginx", Some(denied)).unwrap(),
        "The policy allowed this image. The problem is elsewhere: Docker Hub denied it under its own rules for \
         your organization (image access denied). An owner of the organization there can change them."
    );
}

#[test]
fn what_stood_between_here_and_the_registry_names_the_host() {
    let host = || "registry-1.docker.io".to_owned();
    let certificate =
        UpstreamResult::Certificate { host: host(), problem: "it expired\non 2026-11-20".to_owned() };
    assert_eq!(
        sentence("nginx", Some(certificate)).unwrap(),
        "The policy allowed this image. The problem is elsewhere: the certificate of registry-1.docker.io is \
         not accepted (it expired on 2026-11-20)."
    );
    let unreachable = UpstreamResult::Unreachable { host: host(), problem: "connection refused".to_owned() };
    assert_eq!(
        sentence("nginx", Some(unreachable)).unwrap(),
        "The policy allowed this image. The problem is elsewhere: registry-1.docker.io cannot be reached \
         (connection refused). Check the network, the proxy, and whether the registry is up."
    );
}
