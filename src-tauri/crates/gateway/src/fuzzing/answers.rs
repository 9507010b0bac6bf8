//! What registries send.

use crate::{
    provenance::children,
    upstream::{Challenge, Destination, tokens::given},
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
