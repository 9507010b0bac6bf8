//! The document's rules, made ready to be asked: globs indexed, hosts and paths joined, upstreams read.

use std::collections::HashMap;

use image_ref::{Registry, Repository};

use crate::catalog::Catalog;
use crate::document::{Document, Effect, Extensible, Loopback, Registries, RegistryRule};
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
    /// What to use in place of a repository, where the policy or the catalog says so.
    pub(crate) replacements: HashMap<Repository, Repository>,
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
            replacements: replacements(document, catalog),
        })
    }
}

/// What holds when the document has no section on registries.
fn hub_alone() -> Registries {
    let host = HostPattern::of(Registry::docker_hub());
    let action = Extensible::Known(Effect::Allow);
    let hub = RegistryRule { id: None, host, name: None, paths: None, action, instead: None };
    Registries {
        default: Extensible::Known(Effect::Block),
        loopback: Extensible::Known(Loopback::Allow),
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

/// What the policy and the catalog say to use instead; the policy's word goes first.
fn replacements(document: &Document, catalog: &Catalog) -> HashMap<Repository, Repository> {
    let said = catalog.replacements.iter().chain(&document.messages.instead);
    let read = |(name, instead): (&String, &String)| {
        Some((Repository::parse(name).ok()?, Repository::parse(instead).ok()?))
    };
    said.filter_map(read).collect()
}
