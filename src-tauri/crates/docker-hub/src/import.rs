//! Turns the settings that Docker keeps for an organization into a policy, with remarks on what differs.
//!
//! Plain values in, a checked document out: nothing here asks Docker Hub. The same settings make the same document.

mod allow_list;
mod hosts;

use std::collections::BTreeMap;

use image_ref::{Registry, Repository};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use policy::{
    Classes, Document, Effect, Exemption, Extensible, Gate, HostPattern, Hub, Loopback, Messages, Mode,
    OnStale, PausePolicy, Policy, Push, Refusal, Registries, RegistryRule, SchemaVersion, SelfService,
    Warning,
};

/// Image Access Management, as `GET /v2/orgs/{org}/settings` has it under `restricted_images`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictedImages {
    /// Whether it is on.
    pub enabled: bool,
    /// Docker Official Images.
    pub allow_official_images: bool,
    /// Verified publishers.
    pub allow_verified_publishers: bool,
}

/// Registry Access Management, as `GET /v2/orgs/{org}/settings/registry-access-management` has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryAccess {
    /// Whether it is on.
    pub enabled: bool,
    /// Registries that Docker knows by name.
    #[serde(default)]
    pub standard_registries: Vec<StandardRegistry>,
    /// Registries by address.
    #[serde(default)]
    pub custom_registries: Vec<CustomRegistry>,
}

/// A registry that Docker knows by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardRegistry {
    /// Its name: `DockerHub`.
    pub id: String,
    /// Whether it may be used.
    pub allowed: bool,
}

/// A registry by address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomRegistry {
    /// Its host.
    pub address: String,
    /// Its name for people.
    #[serde(default)]
    pub friendly_name: String,
    /// Whether it may be used.
    pub allowed: bool,
}

/// What Docker keeps for an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubSettings {
    /// The namespaces of the organization on Docker Hub.
    pub organizations: Vec<String>,
    /// Image Access Management.
    pub restricted_images: RestrictedImages,
    /// Registry Access Management; `None` where it could not be read.
    #[serde(default)]
    pub registry_access: Option<RegistryAccess>,
    /// The repository allow list as pasted from Docker's console: lines or CSV.
    #[serde(default)]
    pub allow_list: String,
}

/// What the imported document is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The organization's short name, the same as in the enrollment.
    pub organization: String,
    /// Its serial.
    pub serial: u64,
    /// When it was made.
    pub issued: Timestamp,
}

/// A document that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The document, which [`Policy::parse`] accepts.
    pub document: Document,
    /// What its author should know, each with a place in the document.
    pub remarks: Vec<Warning>,
}

/// Makes a policy of Docker's settings.
pub fn import(settings: &HubSettings, edition: &Edition) -> Result<Imported, Refusal> {
    let mut remarks = Vec::new();
    let mut document = blank(edition);
    document.hub.organizations = namespaces(&settings.organizations, &mut remarks);
    document.hub.classes = classes(&settings.restricted_images, &mut remarks);
    document.registries = Some(match &settings.registry_access {
        Some(access) if access.enabled => hosts::registries(access, &mut remarks),
        Some(_) => unrestricted("Registry Access Management is off in Docker", &mut remarks),
        None => unrestricted("Docker's registry settings were not given", &mut remarks),
    });
    document.allow = allow_list::rules(&settings.allow_list, &mut remarks);
    if settings.restricted_images.enabled {
        document.exemptions = owners();
        let message =
            "owners of the organization are exempt, as in Docker; remove this where they should not be";
        remarks.push(Warning::at("/exemptions/0", message));
    }
    let bytes = serde_json::to_vec(&document).unwrap_or_default();
    let policy = Policy::parse(&bytes, None, &edition.organization)?;
    remarks.extend(policy.warnings().iter().cloned());
    Ok(Imported { document: policy.document().clone(), remarks })
}

fn blank(edition: &Edition) -> Document {
    Document {
        schema_location: None,
        schema: SchemaVersion::KNOWN,
        organization: edition.organization.clone(),
        serial: edition.serial,
        issued: edition.issued,
        refresh_seconds: 300,
        stale_after: None,
        on_stale: Extensible::Known(OnStale::KeepAndWarn),
        mode: Extensible::Known(Mode::Enforce),
        sign_in: None,
        pause: PausePolicy::default(),
        hub: Hub::default(),
        registries: None,
        push: Push::default(),
        digest_only: Extensible::Known(Gate::Block),
        deny: Vec::new(),
        allow: Vec::new(),
        pins: Vec::new(),
        exemptions: Vec::new(),
        self_service: SelfService { enabled: false, max_hours: 4, require_reason: true, classes: Vec::new() },
        upstreams: Vec::new(),
        messages: Messages {
            support: None,
            request_url: None,
            by_rule: BTreeMap::new(),
            instead: BTreeMap::new(),
        },
        reporting: None,
        catalog: None,
    }
}

fn namespaces(names: &[String], remarks: &mut Vec<Warning>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        let name = name.trim().to_ascii_lowercase();
        let path = format!("{name}/any");
        let good = !name.contains('/') && Repository::new(Registry::docker_hub(), &path).is_ok();
        if !good || name == "library" {
            let message = format!("`{}` is no namespace of an organization and was left out", shown(&name));
            remarks.push(Warning::at("/hub/organizations", message));
        } else if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn classes(images: &RestrictedImages, remarks: &mut Vec<Warning>) -> Classes {
    let effect = |allowed| Some(Extensible::Known(if allowed { Effect::Allow } else { Effect::Block }));
    let off = !images.enabled;
    let message = if off {
        "Image Access Management is off in Docker, so every class is allowed; write `audit` for `community` to see \
         what it would stop"
    } else {
        "Docker counts sponsored open source as community images, so it is blocked; Pullgate tells them apart, \
         write `allow` or `audit` where you want it"
    };
    remarks.push(Warning::at("/hub/classes/sponsoredOss", message));
    Classes {
        organization: effect(true),
        official: effect(off || images.allow_official_images),
        verified_publisher: effect(off || images.allow_verified_publishers),
        sponsored_oss: effect(off),
        community: effect(off),
    }
}

fn unrestricted(because: &str, remarks: &mut Vec<Warning>) -> Registries {
    let message =
        format!("{because}, so every registry is allowed; write `block` and list yours to change that");
    remarks.push(Warning::at("/registries/default", message));
    let hub = hub_entry(true);
    let default = Extensible::Known(Effect::Allow);
    Registries { default, loopback: Extensible::Known(Loopback::Allow), entries: vec![hub] }
}

fn hub_entry(allowed: bool) -> RegistryRule {
    RegistryRule {
        id: Some("hub".to_owned()),
        host: HostPattern::of(Registry::docker_hub()),
        name: Some("Docker Hub".to_owned()),
        paths: None,
        action: Extensible::Known(if allowed { Effect::Allow } else { Effect::Block }),
        instead: None,
    }
}

fn owners() -> Vec<Exemption> {
    vec![Exemption {
        id: Some("hub-owners".to_owned()),
        hub_role: Some("owner".to_owned()),
        group: None,
        reason: Some("Docker exempts owners".to_owned()),
        expires: None,
    }]
}

/// A pasted text in a remark: one line, not too long.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() && *letter != '`').take(80).collect()
}

/// What asking again has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// The settings say what the held document says.
    Same,
    /// Another edition.
    Newer(Box<Imported>),
}

/// Makes the next edition of settings that are followed, numbered on this machine since Docker numbers none: the
/// first is 1, and each that says something else is one higher and never dated before the held one.
pub fn follow(
    settings: &HubSettings,
    organization: &str,
    held: Option<&Document>,
    now: Timestamp,
) -> Result<Followed, Refusal> {
    let edition = |serial, issued| Edition { organization: organization.to_owned(), serial, issued };
    let Some(held) = held else {
        return Ok(Followed::Newer(Box::new(import(settings, &edition(1, now))?)));
    };
    let mut imported = import(settings, &edition(held.serial, held.issued))?;
    if imported.document == *held {
        return Ok(Followed::Same);
    }
    imported.document.serial = held.serial.saturating_add(1);
    imported.document.issued = held.issued.max(now);
    Ok(Followed::Newer(Box::new(imported)))
}

#[cfg(test)]
mod tests;
