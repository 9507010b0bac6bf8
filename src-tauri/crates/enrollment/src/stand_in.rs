//! Registries that are really elsewhere, for sites without the internet.

use std::collections::BTreeMap;
use std::path::PathBuf;

use image_ref::Registry;

use super::layers::Merged;
use super::{EnrollmentError, text, value};

/// A registry's real place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// `https://host[:port]`.
    pub url: String,
    /// A PEM file of certificates to trust for it.
    pub ca: Option<PathBuf>,
}

/// The stand-ins, by registry.
pub(super) fn check(merged: &Merged) -> Result<BTreeMap<String, StandIn>, EnrollmentError> {
    let registries = merged.iter().filter_map(|(key, _)| {
        let quoted = key.strip_prefix("stand-in.\"")?;
        quoted.rsplit_once("\".").map(|(registry, _)| registry.to_owned())
    });
    let mut checked = BTreeMap::new();
    for registry in registries {
        let key = |name: &str| format!("stand-in.\"{registry}\".{name}");
        let example = "say where it really is, for example `url = \"https://mirror.acme.example\"`";
        let url = merged.required_text(&key("url"), example)?;
        let host = url.strip_prefix("https://").map(|rest| rest.trim_end_matches('/'));
        if host.is_none_or(|host| host.contains('/') || Registry::parse(host).is_err()) {
            return Err(value(&key("url"), "is not `https://HOST` or `https://HOST:PORT`"));
        }
        let ca = text::authority(merged, &key("ca"))?;
        checked.insert(registry.clone(), StandIn { url: url.to_owned(), ca });
    }
    Ok(checked)
}
