//! Rancher Desktop has a list of allowed images of its own, which it enforces inside its machine. The registries of
//! the policy become its patterns: a second, coarser list, since it knows neither classes nor exemptions.

use config_edit::Format;
use config_edit::json::{Document, set};
use serde_json::{Value, json};

use super::Product;
use crate::{DesiredRouting, EngineId};

pub(super) const PRODUCT: Product = Product {
    engine: EngineId::RancherDesktop,
    marks: &[
        "Library/Preferences/rancher-desktop/settings.json",
        "AppData/Roaming/rancher-desktop/settings.json",
        ".config/rancher-desktop/settings.json",
    ],
    file: None,
    format: Format::Json,
    route,
    certificates: None,
    notes: &[
        "quit Rancher Desktop before and start it afterwards",
        "its list knows registries and repositories alone; classes and exemptions of the policy are not in it",
    ],
};

/// Where unlisted registries pass there is nothing that its list could say; a list of the person's own stays.
fn route(persons: Option<&str>, desired: &DesiredRouting) -> Result<String, String> {
    let text = persons.unwrap_or("{\n}\n");
    let document = Document::parse(text).map_err(|problem| problem.to_string())?;
    let own = &document.value().get("containerEngine").cloned().unwrap_or_default()["allowedImages"];
    if !desired.blocks_unlisted || own["enabled"] == Value::Bool(true) {
        return Ok(text.to_owned());
    }
    let not_an_object = |key: &str| format!("`{key}` is not an object");
    let engine = document.object().object_value_or_create("containerEngine");
    let engine = engine.ok_or_else(|| not_an_object("containerEngine"))?;
    let allowed = engine.object_value_or_create("allowedImages");
    let allowed = allowed.ok_or_else(|| not_an_object("allowedImages"))?;
    let named = desired.named().into_iter().map(|registry| pattern(&format!("{registry}/**")));
    set(&allowed, "enabled", &json!(true));
    set(&allowed, "patterns", &named.collect());
    Ok(document.text())
}

/// A glob of the policy in the product's words: a registry by its name alone, everything below a path by the path
/// with a slash.
fn pattern(glob: &str) -> String {
    match glob.strip_suffix("/**").or_else(|| glob.strip_suffix("/*")) {
        Some(path) if path.contains('/') => format!("{path}/"),
        Some(registry) => registry.to_owned(),
        None => glob.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired_routing::tests::desired;

    #[test]
    fn globs_become_its_patterns() {
        let globs =
            ["docker.io/**", "docker.io/library/*", "quay.io/coreos/etcd", "registry.acme.example:5000/**"];
        assert_eq!(
            globs.map(pattern),
            ["docker.io", "docker.io/library/", "quay.io/coreos/etcd", "registry.acme.example:5000"]
        );
    }

    #[test]
    fn a_list_of_the_person_and_a_policy_without_limits_change_nothing() {
        let own = "{\"containerEngine\":{\"allowedImages\":{\"enabled\":true,\"patterns\":[\"nginx\"]}}}";
        let strict = DesiredRouting { blocks_unlisted: true, ..desired() };
        assert_eq!(route(Some(own), &strict), Ok(own.to_owned()));
        assert_eq!(route(Some("{}"), &desired()), Ok("{}".to_owned()));
        assert!(route(Some("{\"containerEngine\":1}"), &strict).is_err());
    }
}
