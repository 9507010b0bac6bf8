//! What fuzzing gives to this crate: files that persons and their tools keep logins in.

use image_ref::Registry;
use steward_protocol::LoginFinder;

use super::Wanted;
use super::auth_file::{AuthFile, Source};

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[("login-file", login_file)];

/// No word about a file has a secret of it, and the name of a helper is one program's.
fn login_file(input: &[u8]) {
    let files = [AuthFile::parse(input), AuthFile::parse_legacy(input)];
    for registry in ["docker.io", "ghcr.io", "registry.acme.example:5000"] {
        let Ok(registry) = Registry::parse(registry) else { continue };
        let wanted = Wanted { registry, repository: Some("team/app".into()) };
        for file in files.iter().flatten() {
            for finder in [LoginFinder::ContainersImage, LoginFinder::Docker] {
                let mut skipped = Vec::new();
                let sources = file.sources(&wanted, finder, &mut |why| skipped.push(why.to_owned()));
                let secrets = sources.iter().filter_map(|source| match source {
                    Source::Login(login) => Some(login.secret.expose()).filter(|secret| secret.len() > 16),
                    Source::Helper { .. } => None,
                });
                for secret in secrets {
                    assert!(!format!("{sources:?} {skipped:?}").contains(secret));
                }
            }
        }
    }
    for flaw in files.iter().filter_map(|file| file.as_ref().err()) {
        assert!(!flaw.to_string().is_empty());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
