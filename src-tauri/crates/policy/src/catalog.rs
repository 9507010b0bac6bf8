//! Which class a namespace or repository of Docker Hub has, so that no machine has to ask Docker Hub.

use std::collections::BTreeMap;

use image_ref::Repository;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Class;
use crate::document::{Extensible, SchemaVersion};
use crate::read::{escaped, read};
use crate::refusal::{Refusal, Warning};

/// A short list to begin with, for policies that name no catalog of their own. Each entry has a public page under
/// `x-sources`, with the day it was looked up.
pub const STARTER_CATALOG: &str = include_str!("catalog/starter.json");

/// A catalog of classes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Catalog {
    /// The version of this document's format, `1.0`.
    pub schema: SchemaVersion,
    /// The day the catalog describes.
    pub as_of: Timestamp,
    /// Classes of namespaces: `grafana`.
    #[serde(default)]
    pub namespaces: BTreeMap<String, Extensible<Class>>,
    /// Classes of single repositories, which go before their namespace's: `grafana/grafana`, `library/nginx`.
    #[serde(default)]
    pub repositories: BTreeMap<String, Extensible<Class>>,
    /// What to use in place of a repository that is blocked, as people type names: `vault`, `hashicorp/vault`.
    #[serde(default, skip_serializing_if = "Replacements::is_empty")]
    pub replacements: Replacements,
}

/// A repository and the one to use in its place.
pub type Replacements = BTreeMap<String, String>;

/// Checks that both sides of each replacement name a repository, and different ones.
pub(crate) fn check_replacements(section: &str, replacements: &Replacements) -> Result<(), Refusal> {
    for (name, instead) in replacements {
        let path = format!("{section}/{}", escaped(name));
        let named = |text: &str| {
            let problem = |why: String| Refusal::at(&path, format!("`{text}` names no repository: {why}"));
            Repository::parse(text).map_err(|error| problem(error.to_string()))
        };
        if named(name)? == named(instead)? {
            return Err(Refusal::at(path, "an image cannot stand in for itself; name another one"));
        }
    }
    Ok(())
}

impl Catalog {
    /// Reads a catalog.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Vec<Warning>), Refusal> {
        let read = read::<Self>(bytes)?;
        let catalog = read.value;
        let mut warnings = Vec::new();
        check_replacements("/replacements", &catalog.replacements)?;
        for (section, names) in [("namespaces", &catalog.namespaces), ("repositories", &catalog.repositories)]
        {
            for (name, class) in names {
                let path = format!("/{section}/{}", escaped(name));
                check_name(section, name).map_err(|problem| Refusal::at(&path, problem))?;
                match class.problem() {
                    Some(problem) if !read.newer => return Err(Refusal::at(path, problem)),
                    Some(_) => {
                        warnings.push(Warning::at(path, "agent older than catalog: counts as community"))
                    }
                    None => {}
                }
            }
        }
        Ok((catalog, warnings))
    }

    /// The short list that Pullgate brings along.
    pub fn starter() -> Result<Self, Refusal> {
        Self::parse(STARTER_CATALOG.as_bytes()).map(|(catalog, _)| catalog)
    }

    /// The class of a repository of Docker Hub, when the catalog has one.
    pub fn class(&self, repository: &Repository) -> Option<Class> {
        if !repository.registry().is_docker_hub() {
            return None;
        }
        let word = self.repositories.get(repository.path());
        let word = word.or_else(|| self.namespaces.get(repository.namespace()));
        word.map(|word| word.or(Class::Community))
    }
}

fn check_name(section: &str, name: &str) -> Result<(), String> {
    let path = if section == "namespaces" { format!("{name}/any") } else { name.to_owned() };
    let shape = match (section, name.matches('/').count()) {
        ("namespaces", 0) | ("repositories", 1) => Ok(()),
        ("namespaces", _) => {
            Err("a namespace has no `/`; single repositories go into `repositories`".to_owned())
        }
        (_, _) => Err("write `namespace/name`, for official images `library/name`".to_owned()),
    };
    shape?;
    let parsed = Repository::new(image_ref::Registry::docker_hub(), &path);
    parsed.map(|_| ()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
