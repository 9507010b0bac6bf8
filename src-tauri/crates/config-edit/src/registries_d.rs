//! registries.d (containers-registries.d(5)): where the signatures of images lie, by namespace.
//!
//! The engines judge by the name a person typed, and look for signatures by the location, which is the mirror front for
//! whatever is led there. So each namespace of the person is repeated under the mirror's name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::registries_conf::Route;

/// Where the links lie.
pub const LINKS: &str = "/etc/containers/pullgate-lookaside";
/// Where the engines look and write where nothing is said.
pub const BUILT_IN: &str = "/var/lib/containers/sigstore";
const FILE: &str = "file://";

/// How a link stands in our file, which tells what has to be made with it.
const LINK: &str = "    # ";

/// What the person's files say together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signatures {
    default: Namespace,
    namespaces: BTreeMap<String, Namespace>,
    /// Files that cannot be read, and why; the engines refuse every pull for them.
    pub broken: Vec<(PathBuf, String)>,
}

/// Where the signatures of one namespace are read. Where they are written does not matter: nobody pushes by a mirror.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Namespace {
    /// The web folder, or the folder, with signatures.
    lookaside: Option<String>,
    /// Whether signatures are attached to the image in its registry.
    attachments: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct File {
    #[serde(rename = "default-docker")]
    default: Option<Keys>,
    docker: Option<BTreeMap<String, Option<Keys>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Keys {
    lookaside: Option<String>,
    /// What `lookaside` was called before.
    sigstore: Option<String>,
    use_sigstore_attachments: Option<bool>,
}

impl From<Keys> for Namespace {
    fn from(keys: Keys) -> Self {
        let lookaside = [keys.lookaside, keys.sigstore].into_iter().flatten().find(|url| !url.is_empty());
        Self { lookaside, attachments: keys.use_sigstore_attachments }
    }
}

impl Namespace {
    /// Whether it says nothing.
    fn is_effectively_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Each key by itself, as the engines do.
    fn or(self, other: &Self) -> Self {
        Self {
            lookaside: self.lookaside.or_else(|| other.lookaside.clone()),
            attachments: self.attachments.or(other.attachments),
        }
    }
}

fn read(bytes: &[u8]) -> Result<File, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let file: Option<File> = serde_saphyr::from_str(text)
        .map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())?;
    Ok(file.unwrap_or_default())
}

impl Signatures {
    /// Adds what a file says; of files with the same namespace the last one rules.
    pub fn add(&mut self, path: &Path, bytes: &[u8]) {
        let file = match read(bytes) {
            Ok(file) => file,
            Err(why) => return self.broken.push((path.into(), why)),
        };
        if let Some(default) = file.default {
            self.default = default.into();
        }
        let named = file.docker.unwrap_or_default().into_iter();
        self.namespaces.extend(named.map(|(name, keys)| (name, keys.unwrap_or_default().into())));
    }

    /// Every web folder or folder that is named.
    fn lookasides(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.default)
            .chain(self.namespaces.values())
            .filter_map(|one| one.lookaside.as_deref())
    }

    /// What holds for a name such as `host:5000/team`: its own keys, those of what is around it, and the default.
    fn of(&self, name: &str) -> Namespace {
        let mut found = Namespace::default();
        for around in around(name) {
            if let Some(namespace) = self.namespaces.get(&around) {
                found = found.or(namespace);
            }
        }
        found.or(&self.default)
    }

    /// The namespaces within a name, by what they have beyond it: `/app`, `/app:1`.
    fn within<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a Namespace)> {
        let inside = move |rest: &str| match rest.chars().next() {
            Some('/') => true,
            // Behind a bare host it is a port.
            Some(':' | '@') => name.contains('/'),
            Some(_) | None => false,
        };
        let all = self.namespaces.iter();
        all.filter_map(move |(key, value)| Some((key.strip_prefix(name).filter(|rest| inside(rest))?, value)))
    }
}

/// The namespaces around a name, the nearest first: itself, its parents, and `*.domain` of its host.
fn around(name: &str) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    let mut rest = name;
    while let Some((parent, _)) = rest.rsplit_once('/') {
        names.push(parent.to_owned());
        rest = parent;
    }
    let host = rest;
    let domains = host.match_indices('.').map(|(at, _)| format!("*{}", host.get(at..).unwrap_or_default()));
    names.extend(domains);
    names
}

/// Our file of registries.d, and the links it needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repeated {
    namespaces: BTreeMap<String, Namespace>,
    /// Each link, and the folder that it leads to.
    pub links: BTreeMap<PathBuf, PathBuf>,
}

/// Every namespace of the person that a route leads away from, under the name that it leads to at the mirror front
/// (`host:port`).
pub fn repeated(signatures: &Signatures, routes: &[Route], mirror: &str, has_built_in: bool) -> Repeated {
    let mut repeated = Repeated::default();
    let mut known = BTreeSet::new();
    let plain = routes.iter().filter(|route| !route.prefix.starts_with("*."));
    // Of several names for one location the first is the registry's own.
    for route in plain.filter(|route| known.insert(&route.location)) {
        let mut whole = signatures.of(&route.prefix);
        if whole.lookaside.is_none() && has_built_in {
            whole.lookaside = Some(format!("{FILE}{BUILT_IN}"));
        }
        repeated.add(&route.location, whole, mirror);
        for (rest, namespace) in signatures.within(&route.prefix) {
            repeated.add(&format!("{}{rest}", route.location), namespace.clone(), mirror);
        }
    }
    repeated
}

impl Repeated {
    fn add(&mut self, name: &str, mut namespace: Namespace, mirror: &str) {
        if namespace.is_effectively_empty() {
            return;
        }
        let registry = registry(name);
        namespace.lookaside = namespace.lookaside.map(|url| {
            if is_web(&url) {
                return format!("https://{mirror}/lookaside/{}", id(&url));
            }
            let Some(folder) = url.strip_prefix(FILE).filter(|folder| is_plain_path(folder)) else {
                return url;
            };
            let own = Path::new(LINKS).join(id(&url));
            self.links.insert(own.join(registry), PathBuf::from(folder));
            format!("{FILE}{}", own.display())
        });
        self.namespaces.insert(name.to_owned(), namespace);
    }

    /// The link that a namespace with a folder of this machine needs.
    fn link_of(&self, name: &str, namespace: &Namespace) -> Option<(&PathBuf, &PathBuf)> {
        let folder = namespace.lookaside.as_deref()?.strip_prefix(FILE)?;
        self.links.get_key_value(&Path::new(folder).join(registry(name)))
    }

    /// The file; none where there is nothing to repeat.
    pub fn text(&self) -> Option<String> {
        if self.namespaces.is_empty() {
            return None;
        }
        let mut text = String::from(
            "# Written by Pullgate: where the signatures of images lie that come through the gateway on this machine.\n\
             # It repeats what the other files here say. `pullgate engines restore podman` takes it away.\n\
             docker:\n",
        );
        for (name, namespace) in &self.namespaces {
            text.push_str(&format!("  {}:\n", quoted(name)));
            if let Some(url) = &namespace.lookaside {
                text.push_str(&format!("    lookaside: {}\n", quoted(url)));
            }
            if let Some((path, target)) = self.link_of(name, namespace) {
                text.push_str(&format!("{LINK}{} -> {}\n", path.display(), target.display()));
            }
            if let Some(attachments) = namespace.attachments {
                text.push_str(&format!("    use-sigstore-attachments: {attachments}\n"));
            }
        }
        Some(text)
    }
}

/// What stands for the registry in a name at the mirror front.
fn registry(name: &str) -> &str {
    name.split('/').nth(1).unwrap_or_default()
}

/// The links that a text of ours needs.
pub fn links_in(text: &[u8]) -> BTreeMap<PathBuf, PathBuf> {
    let text = String::from_utf8_lossy(text);
    let links = text.lines().filter_map(|line| line.strip_prefix(LINK)?.split_once(" -> "));
    let links = links.filter(|(path, _)| Path::new(path).starts_with(LINKS));
    links.map(|(path, target)| (path.into(), target.into())).collect()
}

/// A string of JSON is one of YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Web folders of the person, by the name under which the mirror front hands them out.
pub fn web_folders(signatures: &Signatures) -> BTreeMap<String, String> {
    signatures.lookasides().filter(|url| is_web(url)).map(|url| (id(url), url.to_owned())).collect()
}

fn is_plain_path(folder: &str) -> bool {
    folder.starts_with('/') && !folder.contains(" -> ") && !folder.contains(char::is_control)
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// A short name for an address, always the same (FNV-1a).
fn id(url: &str) -> String {
    let hash = url.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signatures(text: &str) -> Signatures {
        let mut all = Signatures::default();
        all.add(Path::new("a.yaml"), text.as_bytes());
        all
    }

    fn namespace(lookaside: Option<&str>, attachments: Option<bool>) -> Namespace {
        Namespace { lookaside: lookaside.map(str::to_owned), attachments }
    }

    #[test]
    fn each_key_comes_from_the_nearest_namespace_that_has_it() {
        let all = signatures(
            "default-docker:\n  sigstore: file:///var/lib/sig\ndocker:\n  registry.acme.example/team: {lookaside: https://sig.acme.example}\n  registry.acme.example:\n    use-sigstore-attachments: true\n  \"*.acme.example\":\n    lookaside: https://wild.acme.example\n    use-sigstore-attachments: false\n",
        );
        let default = Some("file:///var/lib/sig");
        assert_eq!(all.of("quay.io"), namespace(default, None));
        assert_eq!(all.of("registry.acme.example"), namespace(Some("https://wild.acme.example"), Some(true)));
        assert_eq!(
            all.of("registry.acme.example/team/app"),
            namespace(Some("https://sig.acme.example"), Some(true))
        );
        assert_eq!(all.of("other.acme.example"), namespace(Some("https://wild.acme.example"), Some(false)));
    }

    #[test]
    fn what_lies_within_a_name_is_not_another_port_of_its_host() {
        let all = signatures(
            "docker:\n  a.example:5000: {}\n  a.example/x: {}\n  a.example/x/y:1: {}\n  a.examples/x: {}\n",
        );
        let within = |name| all.within(name).map(|(rest, _)| rest).collect::<Vec<_>>();
        assert_eq!(within("a.example"), ["/x", "/x/y:1"]);
        assert_eq!(within("a.example/x/y"), [":1"]);
    }

    #[test]
    fn files_in_json_empty_files_and_comments_are_read_and_a_broken_one_is_named() {
        let mut all = Signatures::default();
        for (name, text) in [
            ("a.yaml", "# nothing\n"),
            ("b.yaml", "{\"docker\": {\"a.example\": {\"lookaside\": \"https://a\", \"new-key\": 1}}}"),
            ("c.yaml", "docker:\n  a: [\n"),
            ("e.yaml", "docker:\n  empty.example:\n"),
        ] {
            all.add(Path::new(name), text.as_bytes());
        }
        assert_eq!(all.lookasides().collect::<Vec<_>>(), ["https://a"]);
        let broken: Vec<_> = all.broken.iter().map(|(path, _)| path.as_path()).collect();
        assert_eq!(broken, [Path::new("c.yaml")]);
    }
}
