//! registries.conf: what stands in the system's files, and the file that is ours.

use std::path::{Path, PathBuf};

use toml_edit::{Item, TableLike, Value};

use super::routes::Route;
use super::{FOLDER, MAIN, OURS};
use crate::Machine;
use crate::format::toml;
use crate::plan::Unplannable;

/// One `[[registry]]` of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) prefix: String,
    /// Only where it is not the prefix.
    pub(crate) location: Option<String>,
    pub(crate) mirrors: Vec<String>,
    /// Whether what is below the prefix may be reached without certificate or encryption.
    pub(crate) is_insecure: bool,
    /// Other names that may: mirrors of it.
    pub(crate) insecure: Vec<String>,
    pub(crate) blocked: bool,
    pub(crate) source: PathBuf,
}

/// The person's entries in the order in which they are read; of equal prefixes the last one rules.
pub(crate) fn persons_entries(machine: &dyn Machine) -> Result<Vec<Entry>, Unplannable> {
    let folder = Path::new(FOLDER);
    let names = machine.names(folder)?;
    let drop_ins = names.iter().filter(|name| name.ends_with(".conf") && *name != OURS);
    let files = std::iter::once(PathBuf::from(MAIN)).chain(drop_ins.map(|name| folder.join(name)));
    let mut entries: Vec<Entry> = Vec::new();
    for file in files {
        let Some(bytes) = machine.read(&file)? else { continue };
        for entry in read(&file, &bytes)? {
            entries.retain(|earlier| earlier.prefix != entry.prefix);
            entries.push(entry);
        }
    }
    Ok(entries)
}

fn read(file: &Path, bytes: &[u8]) -> Result<Vec<Entry>, Unplannable> {
    let broken = |problem: String| Unplannable::Broken { path: file.into(), problem };
    let text = std::str::from_utf8(bytes).map_err(|_| broken("it is not UTF-8 text".into()))?;
    let document = toml::parse(text).map_err(broken)?;
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
pub(super) fn text(routes: &[Route]) -> String {
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
