//! OrbStack: the proxy of its machine. The `proxies` of its Docker configuration are not followed; the machine trusts
//! what the host's certificate store trusts.

use config_edit::Format;
use config_edit::json::{Document, set};
use serde_json::json;

use super::Product;
use crate::{DesiredRouting, EngineId};

pub(super) const PRODUCT: Product = Product {
    engine: EngineId::Orbstack,
    marks: &[".orbstack/vmconfig.json"],
    file: None,
    format: Format::Json,
    route,
    certificates: None,
    notes: &[
        "run `orb stop` before; OrbStack starts by itself at the next command",
        "the system's certificate store must trust the interception authority, or every pull fails",
    ],
};

fn route(persons: Option<&str>, desired: &DesiredRouting) -> Result<String, String> {
    let document = Document::parse(persons.unwrap_or("{\n}\n")).map_err(|problem| problem.to_string())?;
    set(document.object(), "network_proxy", &json!(desired.proxy));
    Ok(document.text())
}
