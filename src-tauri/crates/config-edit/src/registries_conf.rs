//! registries.conf: what stands in a file of the person, and the file that is ours.

use std::path::{Path, PathBuf};

use toml_edit::{Item, TableLike, Value};

use crate::{Redirect, toml};

/// One redirect of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The names it is for.
    pub prefix: String,
    /// Where they lead.
    pub location: String,
}

/// One `[[registry]]` of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The names it is for.
    pub prefix: String,
    /// Where they lead; only where it is not the prefix.
    pub location: Option<String>,
    /// What is asked first.
    pub mirrors: Vec<String>,
    /// Whether what is below the prefix may be reached without certificate or encryption.
    pub is_insecure: bool,
    /// Other names that may: mirrors of it.
    pub insecure: Vec<String>,
    /// Whether pulls by these names are refused.
    pub blocked: bool,
    /// The file that it stands in.
    pub source: PathBuf,
}

impl Entry {
    /// Where it sends its names, if elsewhere.
    pub fn redirect(&self) -> Option<Redirect> {
        let (prefix, location, mirrors) = (self.prefix.clone(), self.location.clone(), self.mirrors.clone());
        (location.is_some() || !mirrors.is_empty()).then_some(Redirect { prefix, location, mirrors })
    }
}

/// Reads the `[[registry]]` tables of a file.
pub fn read(file: &Path, bytes: &[u8]) -> Result<Vec<Entry>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let document = toml::parse(text)?;
    let Some(item) = document.get("registry") else { return Ok(Vec::new()) };
    Ok(tables(item).into_iter().filter_map(|table| entry(table, file)).collect())
}

fn entry(table: &dyn TableLike, source: &Path) -> Option<Entry> {
    let location = string(table, "location");
    let prefix = string(table, "prefix").or_else(|| location.clone())?;
    let mirrors = table.get("mirror").map(tables).unwrap_or_default();
    let is_insecure = flag(table, "insecure");
    let mut insecure: Vec<String> = location.iter().filter(|_| is_insecure).cloned().collect();
    for mirror in mirrors.iter().filter(|mirror| flag(**mirror, "insecure")) {
        insecure.extend(string(*mirror, "location"));
    }
    Some(Entry {
        location: location.filter(|location| *location != prefix),
        mirrors: mirrors.iter().filter_map(|mirror| string(*mirror, "location")).collect(),
        is_insecure,
        insecure,
        blocked: flag(table, "blocked"),
        source: source.into(),
        prefix,
    })
}

/// The tables of `[[name]]`, or of `name = [{ … }]`.
fn tables(item: &Item) -> Vec<&dyn TableLike> {
    if let Some(tables) = item.as_array_of_tables() {
        return tables.iter().map(|table| table as &dyn TableLike).collect();
    }
    let inline = item.as_array().into_iter().flatten().filter_map(Value::as_inline_table);
    inline.map(|table| table as &dyn TableLike).collect()
}

fn string(table: &dyn TableLike, key: &str) -> Option<String> {
    let text = table.get(key)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn flag(table: &dyn TableLike, key: &str) -> bool {
    table.get(key).and_then(Item::as_bool).unwrap_or(false)
}

/// Our file.
pub fn text(routes: &[Route]) -> String {
    let mut text = String::from(
        "# Written by Pullgate: Podman, Buildah, Skopeo and CRI-O pull images through the gateway on this machine.\n\
         # `pullgate engines restore podman` takes it away.\n",
    );
    for route in routes {
        let (prefix, location) = (Value::from(&route.prefix), Value::from(&route.location));
        text.push_str(&format!("\n[[registry]]\nprefix = {prefix}\nlocation = {location}\n"));
    }
    text
}
