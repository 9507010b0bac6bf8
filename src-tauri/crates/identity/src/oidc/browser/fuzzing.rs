//! Requests to the port that waits for the browser.

use super::request::{CallbackRequest, parse};

/// No request to another host than this machine is a callback.
pub(crate) fn callback(input: &[u8]) {
    if let Some(CallbackRequest::Callback(_)) = parse(input, 40123, "localhost:40123") {
        let text = String::from_utf8_lossy(input).to_ascii_lowercase();
        let named =
            ["127.0.0.1:40123", "[::1]:40123", "localhost:40123"].iter().any(|own| text.contains(own));
        assert!(named, "{text}");
    }
}
