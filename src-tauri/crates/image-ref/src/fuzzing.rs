//! What fuzzing gives to this crate.

use crate::{Reference, Registry, Repository};

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[("image-reference", image_reference)];

/// What is printed of a name parses to the same name, whole or in its familiar form.
fn image_reference(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(reference) = Reference::parse(text) {
        assert_eq!(Reference::parse(&reference.to_string()).as_ref(), Ok(&reference));
        assert_eq!(Reference::parse(&reference.familiar()).as_ref(), Ok(&reference));
    }
    if let Ok(repository) = Repository::parse(text) {
        assert_eq!(Repository::parse(&repository.to_string()).as_ref(), Ok(&repository));
        assert_eq!(Repository::new(repository.registry().clone(), repository.path()), Ok(repository));
    }
    if let Ok(registry) = Registry::parse(text) {
        assert_eq!(Registry::parse(registry.as_str()).as_ref(), Ok(&registry));
        assert!(registry.as_str().bytes().all(|byte| byte.is_ascii_graphic()), "{registry}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
