//! Colima: the variables of a profile. It makes Docker's proxies of them, with the host's address in the place of
//! loopback, and copies the certificates below `~/.docker/certs.d` to where its engines look.

use config_edit::yaml::Document;
use config_edit::{Format, NO_PROXY};

use super::Product;
use crate::{DesiredRouting, EngineId};

pub(super) const PRODUCT: Product = Product {
    engine: EngineId::Colima,
    marks: &[".colima/*/colima.yaml", ".config/colima/*/colima.yaml"],
    file: None,
    format: Format::Yaml,
    route,
    certificates: Some(".docker/certs.d/pullgate-intercept.pem"),
    notes: &["run `colima restart` afterwards, for each profile"],
};

fn route(persons: Option<&str>, desired: &DesiredRouting) -> Result<String, String> {
    let mut document = Document::parse(persons.unwrap_or_default())?;
    set_proxies(&mut document, &desired.proxy)?;
    Ok(document.text())
}

/// The variables that programs in the machine know proxies by.
pub(super) fn set_proxies(document: &mut Document, proxy: &str) -> Result<(), String> {
    if document.get("env").is_some_and(|entry| entry.has_references()) {
        return Err("`env` uses anchors or aliases, which reach beyond it".into());
    }
    let mut variables = document.mapping("env")?;
    for (name, value) in [("HTTP_PROXY", proxy), ("HTTPS_PROXY", proxy), ("NO_PROXY", NO_PROXY)] {
        variables.set(name, value, &[]);
    }
    Ok(())
}
