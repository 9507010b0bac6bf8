//! What a program is made of, as SPDX 2.3 (<https://spdx.github.io/spdx-spec/v2.3/>): every crate with its version,
//! license and checksum, and for the window what its page is built from.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::programs;
use crate::run::{cargo, checkout, told};

/// The document of one package.
pub(crate) fn document(package: &str, crate_name: &str, version: &str, epoch: u64) -> Result<String, String> {
    let mut parts = Parts { checksums: checksums()?, packages: BTreeMap::new(), edges: Vec::new() };
    parts.take_in_crates(crate_name)?;
    if crate_name == programs::TRAY {
        parts.take_in_page(crate_name)?;
    }
    let created =
        told(Command::new("date").args(["--utc", "+%Y-%m-%dT%H:%M:%SZ", "--date"]).arg(format!("@{epoch}")))?;
    let root = id(crate_name, version.split('~').next().unwrap_or(version));
    let describes = relationship("SPDXRef-DOCUMENT", "DESCRIBES", &root);
    let relationships: Vec<Value> = std::iter::once(describes)
        .chain(parts.edges.iter().map(|(from, to)| relationship(from, "DEPENDS_ON", to)))
        .collect();
    let document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": format!("{package}-{version}"),
        "documentNamespace": format!("https://pullgate.example/spdx/{package}-{version}-{epoch}"),
        "creationInfo": { "created": created.trim(), "creators": ["Organization: The Pullgate authors", "Tool: cargo-xtask-package"] },
        "packages": parts.packages.values().collect::<Vec<_>>(),
        "relationships": relationships,
    });
    serde_json::to_string_pretty(&document)
        .map_err(|error| format!("cannot write what {package} is made of: {error}"))
}

struct Parts {
    checksums: BTreeMap<(String, String), String>,
    packages: BTreeMap<String, Value>,
    edges: Vec<(String, String)>,
}

impl Parts {
    /// The crates that are linked into the programs of one, as cargo resolves them for it alone.
    fn take_in_crates(&mut self, name: &str) -> Result<(), String> {
        let format = ["--edges", "normal", "--prefix", "depth", "--format", "\t{p}\t{l}\t{r}"];
        let tree = told(cargo(&["tree", "--locked", "--package", name]).args(format))?;
        let mut above: Vec<String> = Vec::new();
        for line in tree.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [depth, crate_, license, repository] = fields[..] else {
                return Err(format!("`cargo tree` says `{line}`"));
            };
            let depth: usize = depth.parse().map_err(|_| format!("`cargo tree` says `{line}`"))?;
            let mut words = crate_.split(' ');
            let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let version = version.trim_start_matches('v');
            let id = id(name, version);
            above.truncate(depth);
            if let Some(parent) = above.last() {
                self.edges.push((parent.clone(), id.clone()));
            }
            above.push(id.clone());
            // What was shown before is marked with a star behind its last field.
            let repository = repository.trim_end_matches(" (*)");
            let checksum = self.checksums.get(&(name.to_owned(), version.to_owned())).cloned();
            let part = part(&id, name, version, license, "cargo", repository, checksum);
            self.packages.entry(id).or_insert(part);
        }
        self.edges.sort();
        self.edges.dedup();
        Ok(())
    }

    /// What the window's page is built from: whatever its lock file does not call a tool.
    fn take_in_page(&mut self, crate_name: &str) -> Result<(), String> {
        let lock: Value = read("ui/package-lock.json")
            .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()))?;
        let all = lock["packages"].as_object().ok_or("`ui/package-lock.json` lists no packages")?;
        let root = self.packages.keys().find(|id| id.starts_with(&format!("SPDXRef-{crate_name}-"))).cloned();
        for (path, entry) in all.iter().filter(|(path, entry)| !path.is_empty() && entry["dev"] != true) {
            let name = path.rsplit("node_modules/").next().unwrap_or(path);
            let version = entry["version"].as_str().unwrap_or_default();
            let id = id(name, version);
            self.edges.extend(root.clone().map(|root| (root, id.clone())));
            let license = entry["license"].as_str().unwrap_or_default();
            self.packages.insert(id.clone(), part(&id, name, version, license, "npm", "", None));
        }
        Ok(())
    }
}

fn part(
    id: &str,
    name: &str,
    version: &str,
    license: &str,
    kind: &str,
    home: &str,
    checksum: Option<String>,
) -> Value {
    // Crates of the first years write `/` for `OR`.
    let license = if license.is_empty() { "NOASSERTION".to_owned() } else { license.replace('/', " OR ") };
    let locator = format!("pkg:{kind}/{}@{version}", name.replace('@', "%40"));
    let mut part = json!({
        "SPDXID": id,
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": license,
        "copyrightText": "NOASSERTION",
    });
    // What is of this repository is in no registry.
    if checksum.is_some() || kind != "cargo" {
        part["externalRefs"] = json!([{ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": locator }]);
    }
    if let Some(checksum) = checksum {
        part["checksums"] = json!([{ "algorithm": "SHA256", "checksumValue": checksum }]);
    }
    if !home.is_empty() {
        part["homepage"] = json!(home);
    }
    part
}

fn relationship(from: &str, kind: &str, to: &str) -> Value {
    json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to })
}

/// SPDX knows letters, digits, `.` and `-` in a name.
fn id(name: &str, version: &str) -> String {
    let plain = |text: &str| text.replace(|it: char| !it.is_ascii_alphanumeric() && it != '.', "-");
    format!("SPDXRef-{}-{}", plain(name.trim_start_matches('@')), plain(version))
}

/// Checksums of what came from the registry, by name and version.
fn checksums() -> Result<BTreeMap<(String, String), String>, String> {
    let lock = read("Cargo.lock")?;
    let value = |entry: &str, key: &str| {
        let line = entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        line.map(|value| value.trim_matches('"').to_owned())
    };
    let of =
        |entry: &str| Some(((value(entry, "name")?, value(entry, "version")?), value(entry, "checksum")?));
    Ok(lock.split("[[package]]").filter_map(of).collect())
}

fn read(name: &str) -> Result<String, String> {
    fs::read_to_string(checkout().join(name)).map_err(|error| format!("cannot read `{name}`: {error}"))
}
