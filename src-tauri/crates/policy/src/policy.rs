//! A policy that was checked and made ready to be asked.

mod checks;
mod compiled;
mod naming;

use std::collections::BTreeSet;

use image_ref::{Registry, Repository};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Class;
use crate::catalog::Catalog;
use crate::distrust::Distrust;
use crate::document::{Document, Effect, Extensible, Mode, RegistryRule};
use crate::glob::Glob;
use crate::hosts::HostPattern;
use crate::read::read;
use crate::refusal::{Refusal, Warning};
use crate::upstream::Route;

pub use checks::check_line;
pub(crate) use compiled::Compiled;
pub use naming::Naming;

/// A good policy to begin with, for an organization called `acme`.
pub const STARTER: &str = include_str!("policy/starter.json");

/// Which policy was in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyStamp {
    /// Whose.
    pub organization: String,
    /// Which edition.
    pub serial: u64,
    /// When it was made.
    pub issued: Timestamp,
    /// The SHA-256 of its exact bytes in hex, where the caller gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// A checked policy with its catalog.
#[derive(Clone, Debug)]
pub struct Policy {
    document: Document,
    catalog: Catalog,
    stamp: PolicyStamp,
    warnings: Vec<Warning>,
    compiled: Compiled,
    distrust: Option<Distrust>,
}

impl Policy {
    /// Reads and checks a document, with the bytes of the catalog it names.
    pub fn parse(document: &[u8], catalog: Option<&[u8]>, organization: &str) -> Result<Self, Refusal> {
        let read = read::<Document>(document)?;
        let document = read.value;
        let mut warnings = Vec::new();
        checks::check(&document, read.newer, organization, &mut warnings)?;
        let has_catalog = catalog.is_some();
        let catalog = match (catalog, &document.catalog) {
            (Some(bytes), Some(_) | None) => {
                let (catalog, of_catalog) = Catalog::parse(bytes)?;
                warnings.extend(of_catalog);
                catalog
            }
            (None, None) => Catalog::starter()?,
            (None, Some(_)) => {
                return Err(Refusal::at("/catalog", "the policy names a catalog that did not come with it"));
            }
        };
        let stamp = PolicyStamp {
            organization: document.organization.clone(),
            serial: document.serial,
            issued: document.issued,
            sha256: None,
        };
        let compiled = Compiled::new(&document, &catalog)?;
        let mut policy = Self { document, catalog, stamp, warnings, compiled, distrust: None };
        policy.warnings.extend(checks::after(&policy, has_catalog));
        Ok(policy)
    }

    /// The same policy, stamped with the SHA-256 of its exact bytes in hex.
    #[must_use]
    pub fn with_sha256(mut self, hex: String) -> Self {
        self.stamp.sha256 = Some(hex);
        self
    }

    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The catalog of classes.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Which policy this is.
    pub fn stamp(&self) -> &PolicyStamp {
        &self.stamp
    }

    /// What its author should know.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The same policy, which counts as too old from the time it is not believed any longer.
    #[must_use]
    pub fn with_distrust(mut self, distrust: Option<Distrust>) -> Self {
        self.distrust = distrust;
        self
    }

    /// From when on the policy is not believed any longer, and why; may lie ahead.
    pub fn distrust(&self) -> Option<&Distrust> {
        self.distrust.as_ref()
    }

    /// Since when the policy is too old, by its own date or because it is not believed any longer.
    pub fn stale_since(&self, now: Timestamp) -> Option<Timestamp> {
        let distrusted = self.distrust.as_ref().map(|distrust| distrust.since);
        [self.document.stale_after, distrusted].into_iter().flatten().filter(|since| *since <= now).min()
    }

    /// The class of a repository; `None` outside Docker Hub.
    pub fn classify(&self, repository: &Repository) -> Option<Class> {
        let hub = &self.document.hub;
        if !repository.registry().is_docker_hub() {
            return None;
        }
        if hub.organizations.iter().any(|name| name == repository.namespace()) {
            return Some(Class::Organization);
        }
        if repository.namespace() == "library" {
            return Some(Class::Official);
        }
        Some(self.catalog.class(repository).unwrap_or(hub.unknown.or(Class::Community)))
    }

    /// What a repository of the organization's cache stands for; `None` for every other one.
    pub fn alias(&self, repository: &Repository) -> Option<Repository> {
        self.compiled.routes.iter().find_map(|route| route.alias(repository))
    }

    /// Where the images of a registry are fetched from, when the policy says so.
    pub fn route(&self, registry: &Registry) -> Option<&Route> {
        self.compiled.routes.iter().find(|route| route.registry == *registry)
    }

    /// Every registry and domain that the policy names, for engines that are routed registry by registry.
    pub fn registries(&self) -> Vec<HostPattern> {
        let document = &self.document;
        let globs = document.deny.iter().map(|rule| &rule.matches);
        let globs = globs.chain(document.allow.iter().map(|rule| &rule.matches));
        let globs = globs.chain(document.pins.iter().map(|pin| &pin.matches));
        let globs = globs.chain(document.push.entries.iter().map(|rule| &rule.matches));
        let entries = self.compiled.registries.entries.iter().map(|entry| entry.host.clone());
        let caches = self.compiled.routes.iter().flat_map(|route| [route.registry.clone(), route.to.clone()]);
        let named = entries.chain(caches.map(HostPattern::of)).chain(globs.filter_map(Glob::host).cloned());
        named.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether images of registries that the policy does not name may pass, if only to be recorded.
    pub fn lets_unlisted_registries_pass(&self) -> bool {
        let effect = self.compiled.registries.default.or(Effect::Block);
        effect != Effect::Block || self.document.mode.or(Mode::Enforce) == Mode::Audit
    }

    /// Whether such images are judged or recorded all the same: by rules that name no registry or a whole domain, or since
    /// nothing is enforced yet. Engines that are routed registry by registry then have to be led by more names than the
    /// policy's own.
    pub fn judges_unlisted_registries(&self) -> bool {
        let document = &self.document;
        let globs = document.deny.iter().map(|rule| &rule.matches);
        let mut globs = globs.chain(document.pins.iter().map(|pin| &pin.matches));
        let is_wide = |glob: &Glob| glob.host().is_none_or(|host| host.exact().is_none());
        let mut entries = self.compiled.registries.entries.iter();
        self.lets_unlisted_registries_pass()
            && (document.mode.or(Mode::Enforce) == Mode::Audit
                || globs.any(is_wide)
                || entries.any(|entry| entry.host.exact().is_none()))
    }

    /// The registry rules, each with the patterns of its paths; Docker Hub alone where the document has no section.
    pub fn registry_rules(&self) -> impl Iterator<Item = (&RegistryRule, Option<&[Glob]>)> {
        let paths = self.compiled.paths.iter().map(Option::as_deref);
        self.compiled.registries.entries.iter().zip(paths)
    }

    /// What becomes of images of registries that no rule names.
    pub fn registry_default(&self) -> &Extensible<Effect> {
        &self.compiled.registries.default
    }

    pub(crate) fn compiled(&self) -> &Compiled {
        &self.compiled
    }
}

/// The JSON Schema of the document.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Document);
    schemars::transform::transform_subschemas(&mut close, &mut schema);
    close(&mut schema);
    schema.to_value()
}

fn close(schema: &mut schemars::Schema) {
    schemars::transform::transform_subschemas(&mut close, schema);
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), false.into());
        schema.insert("patternProperties".to_owned(), serde_json::json!({ "^x-": true }));
    }
}
