//! `registries.yaml`: every name leads to the mirror front, the person's own names too, since one of them would be
//! looked up before the rest.

use std::path::Path;

use crate::Redirect;
use crate::yaml::Document;

const HEADER: &str = "# Written by Pullgate: images come through the gateway on this machine.\n";
const ALL: &str = "*";

/// The file as it shall be, and what it said before.
#[derive(Debug, PartialEq, Eq)]
pub struct Routed {
    /// The text.
    pub text: String,
    /// Where the person's file sent names.
    pub redirects: Vec<Redirect>,
    /// Sentences for a person.
    pub notes: Vec<String>,
}

/// Puts the mirror front (`host:port`), which the certificates in `ca` vouch for, in the place of every endpoint; a
/// sentence where that cannot be done safely.
pub fn routed(persons: Option<&str>, mirror: &str, ca: &Path) -> Result<Routed, String> {
    let mut document = Document::parse(persons.unwrap_or(HEADER))?;
    let (mut redirects, mut notes) = (Vec::new(), Vec::new());
    for key in ["mirrors", "configs"] {
        if document.get(key).is_some_and(|entry| entry.has_references()) {
            return Err(format!("`{key}` uses anchors or aliases, which reach beyond it"));
        }
    }
    let endpoint = format!("- \"https://{mirror}\"");
    let mut mirrors = document.mapping("mirrors")?;
    for name in mirrors.keys() {
        let endpoints = mirrors.get(&name).and_then(|it| it.get("endpoint")).map(|it| it.items());
        let endpoints = endpoints.unwrap_or_default();
        if !endpoints.is_empty() {
            notes.push(format!(
                "the endpoints of `{name}` are not asked while this engine is routed; name them under \
                 `upstreams` in the policy"
            ));
            redirects.push(Redirect { prefix: name.clone(), location: None, mirrors: endpoints });
        }
        mirrors.set(&name, "", &["endpoint:", &format!("  {endpoint}")]);
    }
    mirrors.set(ALL, "", &["endpoint:", &format!("  {endpoint}")]);
    let mut configs = document.mapping("configs")?;
    for name in configs.keys().into_iter().filter(|name| name != mirror) {
        if configs.get(&name).is_some_and(|it| it.get("auth").is_some() || it.get("tls").is_none()) {
            return Err(format!(
                "`configs` has a login for `{name}`, which is then asked directly; give it as an image pull \
                 secret and take the entry out"
            ));
        }
        configs.remove(&name);
        notes.push(format!(
            "the certificates for `{name}` are not used while this engine is routed; the gateway reads \
             `/etc/docker/certs.d/{name}`"
        ));
    }
    configs.set(mirror, "", &["tls:", &format!("  ca_file: {}", ca.display())]);
    Ok(Routed { text: document.text(), redirects, notes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    fn route(text: Option<&str>) -> Result<Routed, String> {
        routed(text, "127.0.0.1:858", Path::new("/etc/rancher/k3s/pullgate-mirror.pem"))
    }

    #[test]
    fn files_seen_in_the_wild_keep_everything_but_our_keys() {
        for name in ["mirrors", "air-gapped", "comments", "flow-endpoints", "windows-editor"] {
            let path = format!("{}/fixtures/registries-yaml/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
            let original = std::fs::read_to_string(path).unwrap();
            let routed = route(Some(&original)).unwrap();
            let shown = format!("{}# notes\n{}\n", routed.text.replace('\r', "␍"), routed.notes.join("\n"));
            insta::assert_snapshot!(name, shown);
            assert_eq!(route(Some(&routed.text)).unwrap().text, routed.text, "{name}: twice is once");
            let (text, before) = (routed.text.as_bytes(), original.as_bytes());
            let edited = [text, b"person: added\n"].concat();
            let back = Format::Yaml.restore(&edited, text, Some(before)).unwrap();
            let theirs = String::from_utf8(back).unwrap().replace("person: added\n", "");
            assert!(
                Format::Yaml.same(theirs.as_bytes(), before),
                "{name}: what we changed goes back\n{theirs}"
            );
        }
    }

    #[test]
    fn without_a_file_there_is_one_of_ours() {
        insta::assert_snapshot!(route(None).unwrap().text);
    }

    #[test]
    fn what_cannot_be_edited_safely_is_refused_in_words() {
        let refused = [
            "mirrors: {docker.io: {endpoint: [https://m]}}\n",
            "mirrors:\n\tdocker.io:\n",
            "mirrors:\n  docker.io: &hub\n    endpoint:\n      - https://m\n  quay.io: *hub\n",
            "configs:\n  registry.acme.example:\n    auth:\n      username: ada\n      password: hidden\n",
            "mirrors:\n  a: {}\n---\nmirrors:\n  b: {}\n",
            "mirrors:\nmirrors:\n",
            "just a sentence\n",
        ]
        .map(|text| route(Some(text)).unwrap_err());
        assert!(!refused.join("").contains("hidden"));
        insta::assert_snapshot!(refused.join("\n"));
    }
}
