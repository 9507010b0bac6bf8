//! Whether a policy names the registry of an image itself, and does not merely let it pass.

use image_ref::Repository;

use crate::document::{Effect, Extensible};
use crate::policy::Policy;

/// How a policy names the registry of an image that may be pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// By its own name: an entry for exactly this host, or Docker Hub.
    Exactly,
    /// By an entry for every host under a domain.
    ByDomain,
    /// Not at all: it passes by what holds for every other registry, or since it runs on this machine.
    Nowhere,
}

impl Policy {
    /// How the registry of this image is named by what lets it pass. Who runs a registry on this machine is nobody
    /// that the organization knows, so such a one is never named.
    pub fn names(&self, asked: &Repository) -> Naming {
        let alias = self.alias(asked);
        let repository = alias.as_ref().unwrap_or(asked);
        if asked.registry().is_loopback() || repository.registry().is_loopback() {
            return Naming::Nowhere;
        }
        if repository.registry().is_docker_hub() {
            return Naming::Exactly;
        }
        let compiled = self.compiled();
        let mut entries = compiled.registries.entries.iter().zip(&compiled.paths);
        let first = entries.find(|(entry, paths)| {
            let inside = |globs: &Vec<crate::Glob>| globs.iter().any(|glob| glob.matches(repository));
            entry.host.matches(repository.registry()) && paths.as_ref().is_none_or(inside)
        });
        match first {
            Some((entry, _)) if matches!(entry.action, Extensible::Known(Effect::Allow | Effect::Audit)) => {
                if entry.host.exact().is_some() {
                    Naming::Exactly
                } else {
                    Naming::ByDomain
                }
            }
            Some(_) | None => Naming::Nowhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_merely_no_rule_stops_is_not_named() {
        let document = r#"{
            "schema": "1.0", "organization": "acme", "serial": 1, "issued": "2026-11-22T06:00:00Z",
            "hub": { "classes": { "official": "allow" } },
            "registries": { "default": "allow", "entries": [
                { "host": "registry.k8s.io", "action": "allow" },
                { "host": "localhost:5000", "action": "allow" },
                { "host": "quay.io", "action": "block" },
                { "host": "mirror.example", "action": "audit" },
                { "host": "ghcr.io", "paths": ["acme/**"], "action": "allow" },
                { "host": "*.acme.example", "action": "allow" }
            ] }
        }"#;
        let policy = Policy::parse(document.as_bytes(), None, "acme").unwrap();
        for (name, naming) in [
            ("nginx", Naming::Exactly),
            ("registry.k8s.io/pause", Naming::Exactly),
            ("mirror.example/a", Naming::Exactly),
            ("ghcr.io/acme/tool", Naming::Exactly),
            ("ghcr.io/other/tool", Naming::Nowhere),
            ("a.acme.example/tool", Naming::ByDomain),
            ("quay.io/a/b", Naming::Nowhere),
            ("other.example/a", Naming::Nowhere),
            ("localhost:5000/a", Naming::Nowhere),
            ("127.0.0.1:5000/a", Naming::Nowhere),
        ] {
            assert_eq!(policy.names(&Repository::parse(name).unwrap()), naming, "{name}");
        }
    }
}
