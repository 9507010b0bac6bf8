//! What fuzzing gives to this crate.

use crate::{Envelope, KeyId, PublicKey, Trust};

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] =
    &[("policy-signatures", policy_signatures), ("policy-keys", policy_keys)];

const ORGANIZATION: &str = "acme";

/// Nothing that is signed is believed without a key that this machine knows.
fn policy_signatures(input: &[u8]) {
    if let Ok(envelope) = Envelope::parse(input) {
        assert!(envelope.key_ids().count() <= 16);
        if let Ok(trust) = Trust::parse(envelope.unverified_payload(), ORGANIZATION) {
            assert!(trust.expires > trust.issued && trust.version > 0);
        }
    }
    if let Ok(trust) = Trust::parse(input, ORGANIZATION) {
        assert!(!trust.policy_keys.is_empty());
    }
}

/// A key written out is the same key, and so is its name.
fn policy_keys(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(key) = text.parse::<PublicKey>() {
        assert_eq!(key.to_string().parse::<PublicKey>().as_ref(), Ok(&key));
    }
    if let Ok(id) = text.parse::<KeyId>() {
        assert_eq!(id.to_string().parse::<KeyId>().as_ref(), Ok(&id));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
