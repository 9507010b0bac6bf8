//! What fuzzing gives to this crate: bytes of engines and of registries before anybody is believed.

mod answers;
mod pool;
mod requests;

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[
    ("request-sent", requests::sent),
    ("request-path", requests::path),
    ("mirror-name", requests::mirror_name),
    ("answer-challenge", answers::challenge),
    ("answer-location", answers::location),
    ("manifest", answers::manifest),
    ("token-answer", answers::token),
    ("redirects", answers::redirects),
    ("connection-pool", pool::pool),
];

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
