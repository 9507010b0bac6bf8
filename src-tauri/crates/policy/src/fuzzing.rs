//! What fuzzing gives to this crate.

use jiff::Timestamp;

use crate::{Catalog, Glob, HostPattern, Policy, VerdictId};

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[
    ("policy-document", policy_document),
    ("policy-catalog", policy_catalog),
    ("policy-pattern", policy_pattern),
];

const ORGANIZATION: &str = "acme";

/// A policy that is read is read again as it was, and says of every refusal where it is.
fn policy_document(input: &[u8]) {
    match Policy::parse(input, None, ORGANIZATION) {
        Ok(policy) => {
            policy.stale_since(Timestamp::MAX);
            let written = serde_json::to_vec(policy.document()).unwrap_or_default();
            let again = Policy::parse(&written, None, ORGANIZATION);
            assert_eq!(again.ok().as_ref().map(Policy::document), Some(policy.document()));
        }
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
}

fn policy_catalog(input: &[u8]) {
    if let Ok((catalog, _)) = Catalog::parse(input) {
        for name in ["nginx", "bitnami/redis", "ghcr.io/a/b"] {
            if let Ok(repository) = image_ref::Repository::parse(name) {
                catalog.class(&repository);
            }
        }
    }
}

/// A pattern written out is the same pattern, and so is the name of a verdict.
fn policy_pattern(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(glob) = Glob::parse(text) {
        assert_eq!(Glob::parse(&glob.to_string()).as_ref(), Ok(&glob));
    }
    if let Ok(host) = HostPattern::parse(text) {
        assert_eq!(HostPattern::parse(&host.to_string()).as_ref(), Ok(&host));
    }
    if let Ok(id) = VerdictId::parse(text) {
        assert_eq!(VerdictId::parse(id.as_str()).as_ref(), Ok(&id));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
