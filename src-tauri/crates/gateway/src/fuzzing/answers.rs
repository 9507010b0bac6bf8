//! What registries send.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::{
    provenance::children,
    redirects::Redirects,
    upstream::{Challenge, Destination, Scheme, tokens::given},
};

/// A token service is a place that can be asked: its address is one line of a request.
pub(super) fn challenge(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Some(Challenge::Bearer { realm, .. }) = Challenge::parse(text) {
        place(&realm);
    }
}

pub(super) fn location(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        place(text);
    }
}

fn place(url: &str) {
    let Some((place, path)) = Destination::from_url(url) else { return };
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    assert!(is_plain(&path) && is_plain(&place.host_port()), "{url:?}: {place:?} {path:?}");
    assert_eq!(Destination::from_authority(place.scheme, &place.host_port()), Some(place));
}

pub(super) fn manifest(input: &[u8]) {
    assert!(children(input).len() <= input.len() / 64);
}

/// A token can stand in a header field, and none is used for more than an hour, whatever the service says.
pub(super) fn token(input: &[u8]) {
    if let Ok(Some((life, token))) = given(input) {
        assert!(life.as_secs() <= 3600, "{life:?}");
        assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()), "{token:?}");
    }
}

/// What answers teach, beside a model that forgets nothing and looks at everything.
///
/// Two bytes are a step: somebody is sent to a host, a host is asked for images, or a tunnel is wanted; and the time
/// that passes. A host is a tunnel's for those alone who were sent there within 20 minutes, and never once it was asked.
pub(super) fn redirects(input: &[u8]) {
    let redirects = Redirects::default();
    let (mut sent, mut asked) = (BTreeMap::new(), BTreeSet::new());
    let mut now = Duration::from_secs(1);
    for step in input.chunks_exact(2).take(512) {
        let (uid, host) = (u32::from(step[0] >> 2) % 4, step[1] % 8);
        now += Duration::from_secs(u64::from(step[1] >> 4) * 60);
        let name = format!("host-{host}.example");
        let Some(place) = Destination::from_authority(Scheme::Https, &name) else { return };
        match step[0] % 4 {
            0 => {
                redirects.learn_host(uid, place, now);
                sent.insert((uid, host), now + Duration::from_secs(20 * 60));
            }
            1 => {
                redirects.learn_image_host(&place);
                asked.insert(host);
            }
            _ => {
                let is_sent = sent.get(&(uid, host)).is_some_and(|until| *until > now);
                let may = redirects.may_tunnel(uid, &place, now);
                assert_eq!(may, is_sent && !asked.contains(&host), "{uid} {name}");
            }
        }
    }
}
