//! Lima: one file overrides every machine. There the host's loopback has a name of its own.

use config_edit::Format;
use config_edit::yaml::Document;

use super::{Product, colima};
use crate::{DesiredRouting, EngineId};

pub(super) const PRODUCT: Product = Product {
    engine: EngineId::Lima,
    marks: &[".lima/*/lima.yaml"],
    file: Some(".lima/_config/override.yaml"),
    format: Format::Yaml,
    route,
    certificates: None,
    notes: &["run `limactl stop` and `limactl start` afterwards, for each machine"],
};

fn route(persons: Option<&str>, desired: &DesiredRouting) -> Result<String, String> {
    let mut document = Document::parse(persons.unwrap_or_default())?;
    let port = desired.proxy.rsplit(':').next().unwrap_or_default();
    colima::set_proxies(&mut document, &format!("http://host.lima.internal:{port}"))?;
    if document.get("caCerts").is_some_and(|entry| entry.has_references()) {
        return Err("`caCerts` uses anchors or aliases, which reach beyond it".into());
    }
    let ours = desired.intercept_ca_dir.join("pullgate-intercept.pem").display().to_string();
    let mut trusted = document.mapping("caCerts")?;
    let mut files = trusted.get("files").map(|entry| entry.items()).unwrap_or_default();
    if !files.contains(&ours) {
        files.push(ours);
    }
    let items: Vec<String> = files.iter().map(|file| format!("- \"{file}\"")).collect();
    trusted.set("files", "", &items.iter().map(String::as_str).collect::<Vec<_>>());
    Ok(document.text())
}
