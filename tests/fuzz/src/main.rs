//! Runs one target under libFuzzer: the one that `FUZZ_TARGET` names.
#![no_main]

use std::sync::OnceLock;

use fuzz::Target;
use libfuzzer_sys::fuzz_target;

fn targets() -> impl Iterator<Item = Target> {
    let all: [&[Target]; 14] = [
        config_edit::fuzzing::TARGETS,
        credentials::fuzzing::TARGETS,
        egress::fuzzing::TARGETS,
        engines::fuzzing::TARGETS,
        gateway::fuzzing::TARGETS,
        http1::fuzzing::TARGETS,
        identity::fuzzing::TARGETS,
        image_ref::fuzzing::TARGETS,
        journal::fuzzing::TARGETS,
        policy::fuzzing::TARGETS,
        steward_protocol::fuzzing::TARGETS,
        policy_bundle::fuzzing::TARGETS,
        policy_text::fuzzing::TARGETS,
        wire::fuzzing::TARGETS,
    ];
    all.into_iter().flatten().copied()
}

fn target() -> fn(&[u8]) {
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let found = targets().find(|(name, _)| *name == wanted);
    found.unwrap_or_else(|| panic!("no crate has the target `{wanted}`")).1
}

fuzz_target!(|input: &[u8]| {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    TARGET.get_or_init(target)(input);
});
