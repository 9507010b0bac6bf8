//! What fuzzing gives to this crate: the files of persons.

use crate::{Format, env_file, yaml};

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] =
    &[("environment-file", environment_file), ("yaml-editor", yaml_editor)];

/// An environment file is no more than assignments.
fn environment_file(input: &[u8]) {
    let assignments = env_file::parse(&String::from_utf8_lossy(input));
    assert!(assignments.iter().all(|(name, _)| !name.is_empty() && !name.contains('=')), "{assignments:?}");
}

/// A document is written as it was read, and with a key of ours taken out again it means what it meant.
fn yaml_editor(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(mut document) = yaml::Document::parse(text) else { return };
    assert_eq!(document.text(), text);
    let Ok(mut mirrors) = document.mapping("mirrors") else { return };
    mirrors.set("ours.example", "", &["endpoint:", "  - https://127.0.0.1:858"]);
    let written = document.text();
    let read = yaml::Document::parse(&written);
    assert_eq!(read.map(|read| read.text()).as_ref(), Ok(&written));
    let back = Format::Yaml.restore(written.as_bytes(), written.as_bytes(), Some(input));
    let back = back.unwrap_or_default();
    assert!(Format::Yaml.same(&back, input), "{:?}", String::from_utf8_lossy(&back));
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
