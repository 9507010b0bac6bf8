//! What Docker Desktop says of the organization, for a machine that is not enrolled. Nothing rests on it.

use host::managed::{DockerBinding, docker_binding};

/// The condition that carries the hint.
pub const DOCKER_HINT: &str = "docker-organization";

/// A sentence and the next step; none where Docker Desktop is bound to nobody.
pub fn docker_hint() -> Option<(String, String)> {
    docker_binding().map(|binding| said(&binding))
}

fn said(binding: &DockerBinding) -> (String, String) {
    let names: Vec<String> = binding.organizations.iter().map(|name| format!("`{name}`")).collect();
    let (noun, whom) = match binding.organizations.len() {
        1 => ("organization", "it"),
        _ => ("organizations", "them"),
    };
    let sentence = format!("Docker Desktop here is bound to {noun} {}", names.join(", "));
    (sentence, format!("Ask {whom} for an enrollment file, then run `sudo pullgate enroll FILE`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_names_the_organization_and_the_next_step() {
        let said = |names: &[&str]| {
            let organizations = names.iter().map(|name| (*name).to_owned()).collect();
            said(&DockerBinding { organizations, origin: "registry.json".into() })
        };
        let (sentence, step) = said(&["acme"]);
        assert_eq!(sentence, "Docker Desktop here is bound to organization `acme`");
        assert_eq!(step, "Ask it for an enrollment file, then run `sudo pullgate enroll FILE`");
        assert_eq!(said(&["a", "b"]).0, "Docker Desktop here is bound to organizations `a`, `b`");
    }
}
