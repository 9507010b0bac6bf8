//! The daemon's configuration file: our keys in, everything else untouched.

use serde_json::{Map, Value, json};

use super::NO_PROXY;
use crate::format::json::{Broken, Document, set};
use crate::plan::Proxies;

/// What the person's file says about where images come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) proxies: Proxies,
    pub(super) mirrors: Vec<String>,
    pub(super) insecure: Vec<String>,
}

pub(super) fn said(text: Option<&[u8]>) -> Result<Said, Broken> {
    let value = Document::parse_bytes(text.unwrap_or_default())?.value();
    let proxies = value.get("proxies").and_then(Value::as_object);
    let proxy = |key: &str| {
        let text = proxies.and_then(|it| it.get(key)).and_then(Value::as_str).unwrap_or_default();
        (!text.is_empty()).then(|| text.to_owned())
    };
    Ok(Said {
        proxies: Proxies {
            http: proxy("http-proxy"),
            https: proxy("https-proxy"),
            no_proxy: proxy("no-proxy"),
        },
        mirrors: strings(&value, "registry-mirrors"),
        insecure: strings(&value, "insecure-registries"),
    })
}

/// The file that leads the daemon to the proxy; as it was where there is nothing to say.
pub(super) fn routed(text: Option<&[u8]>, proxy: Option<&str>) -> Result<Option<Vec<u8>>, Broken> {
    let document = open(text)?;
    let before = document.value();
    if let Some(proxy) = proxy {
        let proxies = document.object().get("proxies").and_then(|property| property.object_value());
        let ours = [("http-proxy", proxy), ("https-proxy", proxy), ("no-proxy", NO_PROXY)];
        match proxies {
            Some(proxies) => ours.iter().for_each(|(key, value)| set(&proxies, key, &json!(value))),
            None => set(document.object(), "proxies", &Value::Object(map(&ours))),
        }
    }
    if !strings(&before, "registry-mirrors").is_empty() {
        set(document.object(), "registry-mirrors", &json!([]));
    }
    if document.value() == before {
        return Ok(text.map(<[u8]>::to_vec));
    }
    Ok(Some(document.text().into_bytes()))
}

/// The file with containers kept running, or not, while the daemon restarts.
pub(super) fn with_live_restore(text: Option<&[u8]>, on: bool) -> Result<Vec<u8>, Broken> {
    let document = open(text)?;
    set(document.object(), "live-restore", &json!(on));
    Ok(document.text().into_bytes())
}

fn open(text: Option<&[u8]>) -> Result<Document, Broken> {
    Document::parse_bytes(text.unwrap_or(b"{\n}\n"))
}

fn map(entries: &[(&str, &str)]) -> Map<String, Value> {
    entries.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect()
}

fn strings(value: &Map<String, Value>, key: &str) -> Vec<String> {
    let items = value.get(key).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests;
