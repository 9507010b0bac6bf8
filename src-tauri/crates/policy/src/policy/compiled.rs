//! The document's rules, made ready to be asked: globs indexed, hosts and paths joined, upstreams read.

use std::collections::{BTreeMap, HashSet};

use image_ref::{Registry, Repository};

use crate::catalog::Catalog;
use crate::document::{Document, Effect, Loopback, Registries, RegistryRule, Word};
use crate::glob::Glob;
use crate::hosts::HostPattern;
use crate::index::Index;
use crate::refusal::Refusal;
use crate::upstream::Route;

/// What stands behind a policy's answers.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) deny: Index,
    pub(crate) allow: Index,
    pub(crate) pins: Index,
    pub(crate) push: Index,
    pub(crate) registries: Registries,
    /// The globs of each registry rule that has paths, in the rules' order.
    pub(crate) paths: Vec<Option<Vec<Glob>>>,
    pub(crate) routes: Vec<Route>,
    /// Repositories that the policy or catalog names one by one, by the last part of their name.
    pub(crate) known: BTreeMap<String, Vec<Repository>>,
}

impl Compiled {
    pub(crate) fn new(document: &Document, catalog: &Catalog) -> Result<Self, Refusal> {
        let registries = document.registries.clone().unwrap_or_else(hub_alone);
        let mut paths = Vec::new();
        for (at, entry) in registries.entries.iter().enumerate() {
            paths.push(entry_globs(at, entry)?);
        }
        let mut routes = Vec::new();
        for (at, upstream) in document.upstreams.iter().enumerate() {
            let route = Route::parse(upstream);
            routes.push(route.map_err(|problem| Refusal::at(format!("/upstreams/{at}/to"), problem))?);
        }
        Ok(Self {
            deny: Index::new(document.deny.iter().map(|rule| &rule.matches)),
            allow: Index::new(document.allow.iter().map(|rule| &rule.matches)),
            pins: Index::new(document.pins.iter().map(|pin| &pin.matches)),
            push: Index::new(document.push.entries.iter().map(|rule| &rule.matches)),
            registries,
            paths,
            routes,
            known: known(document, catalog),
        })
    }
}

/// What holds when the document has no section on registries.
fn hub_alone() -> Registries {
    let host = HostPattern::of(Registry::docker_hub());
    let action = Word::Known(Effect::Allow);
    let hub = RegistryRule { id: None, host, name: None, paths: None, action };
    Registries {
        default: Word::Known(Effect::Block),
        loopback: Word::Known(Loopback::Allow),
        entries: vec![hub],
    }
}

fn entry_globs(at: usize, entry: &RegistryRule) -> Result<Option<Vec<Glob>>, Refusal> {
    let Some(paths) = &entry.paths else { return Ok(None) };
    let read = |(index, path): (usize, &String)| {
        Glob::under(&entry.host, path).map_err(|error| {
            Refusal::at(format!("/registries/entries/{at}/paths/{index}"), error.to_string())
        })
    };
    paths.iter().enumerate().map(read).collect::<Result<_, _>>().map(Some)
}

fn known(document: &Document, catalog: &Catalog) -> BTreeMap<String, Vec<Repository>> {
    let mut known: BTreeMap<String, Vec<Repository>> = BTreeMap::new();
    let hub = Registry::docker_hub();
    let listed = catalog.repositories.keys().filter_map(|path| Repository::new(hub.clone(), path).ok());
    let allowed = document.allow.iter().filter_map(|rule| rule.matches.literal());
    let mut seen = HashSet::new();
    for repository in allowed.chain(listed).filter(|repository| seen.insert(repository.clone())) {
        let last = repository.path().rsplit('/').next().unwrap_or_default().to_owned();
        known.entry(last).or_default().push(repository);
    }
    known
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn fifty_thousand_images_of_one_name_do_not_take_a_machine_minutes() {
        let allow = |at| serde_json::json!({ "match": format!("docker.io/user{at}/app") });
        let rules: Vec<serde_json::Value> = (0..50_000).map(allow).collect();
        let document = serde_json::json!({
            "schema": "1.0", "organization": "acme", "serial": 1, "issued": "2026-11-22T06:00:00Z", "allow": rules
        });
        let document: Document = serde_json::from_value(document).unwrap();
        let start = Instant::now();
        let known = known(&document, &Catalog::starter().unwrap());
        assert_eq!(known["app"].len(), 50_000);
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
}
