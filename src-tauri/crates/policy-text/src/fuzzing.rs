//! What fuzzing gives to this crate.

use policy::Policy;

use crate::outline;

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[("policy-outline", policy_outline)];

/// A policy that is read can be shown, without an empty group and each rule on one line.
fn policy_outline(input: &[u8]) {
    let Ok(policy) = Policy::parse(input, None, "acme") else { return };
    for group in outline(policy.document()).groups {
        assert!(!group.lines.is_empty());
        assert!(group.lines.iter().all(|line| !line.text.contains('\n')));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
