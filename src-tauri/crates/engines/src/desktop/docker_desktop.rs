//! Docker Desktop: the proxies of its settings. The application dials them from the host, so that the gateway's own
//! address is right; the machine trusts what the host's certificate store trusts.

use config_edit::json::{Document, set};
use config_edit::{Format, NO_PROXY};
use serde_json::{Value, json};

use super::Product;
use crate::{DesiredRouting, EngineId};

pub(super) const PRODUCT: Product = Product {
    engine: EngineId::DockerDesktop,
    marks: &[
        "Library/Group Containers/group.com.docker/settings-store.json",
        "AppData/Roaming/Docker/settings-store.json",
        ".docker/desktop/settings-store.json",
    ],
    file: None,
    format: Format::Json,
    route,
    certificates: None,
    notes: &[
        "quit Docker Desktop before, since it writes this file when it ends, and start it afterwards",
        "the system's certificate store must trust the interception authority, or every pull fails",
    ],
};

fn route(persons: Option<&str>, desired: &DesiredRouting) -> Result<String, String> {
    let document = Document::parse(persons.unwrap_or("{\n}\n")).map_err(|problem| problem.to_string())?;
    let known: Vec<String> = document.value().keys().cloned().collect();
    for part in ["", "Containers"] {
        let proxy = |name: &str| format!("{part}OverrideProxy{name}");
        let desired: [(String, Value); 4] = [
            (format!("{part}ProxyHTTPMode"), json!("manual")),
            (proxy("HTTP"), json!(desired.proxy)),
            (proxy("HTTPS"), json!(desired.proxy)),
            (proxy("Exclude"), json!(NO_PROXY)),
        ];
        for (key, value) in desired {
            // Versions of the product write the same keys in different cases.
            let key = known.iter().find(|it| it.eq_ignore_ascii_case(&key)).unwrap_or(&key);
            set(document.object(), key, &value);
        }
    }
    Ok(document.text())
}
