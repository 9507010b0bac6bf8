//! One `hosts.toml`: the text we write, and the check that containerd would take it as we mean it. A file with
//! one mistake is ignored by containerd, which then pulls directly.

use toml_edit::{DocumentMut, Item, TableLike, Value};

use crate::{registry_path, toml};

/// Certificates that vouch for the mirror front; named by every file of ours.
pub const CA_FILE: &str = "/etc/containerd/pullgate-mirror.pem";
const KEYS: [&str; 6] = ["server", "host", "capabilities", "ca", "override_path", "header"];
const CAPABILITIES: [&str; 3] = ["pull", "resolve", "push"];

/// The address of the mirror front (`host:port`) for one registry; `None` for all that have no file of their own.
pub fn gateway(mirror: &str, registry: Option<&str>) -> String {
    match registry {
        Some(registry) => format!("https://{mirror}/v2/{}", registry_path(registry)),
        None => format!("https://{mirror}"),
    }
}

/// The file for one registry, or for all others. Only a per-registry path can take pushes: the registry of a
/// push is not said otherwise.
pub fn text(mirror: &str, registry: Option<&str>) -> String {
    let gateway = Value::from(gateway(mirror, registry));
    let path = if registry.is_some() { "override_path = true\n" } else { "" };
    let entry = format!("capabilities = [\"pull\", \"resolve\", \"push\"]\nca = \"{CA_FILE}\"\n{path}");
    format!(
        "# Written by Pullgate: containerd pulls images through the gateway on this machine.\n\
         # `pullgate engines restore containerd` takes it away.\n\
         server = {gateway}\n{entry}\n\
         [header]\nx-pullgate-engine = \"containerd\"\n\n\
         [host.{gateway}]\n{entry}\n\
         [host.{gateway}.header]\nx-pullgate-engine = \"containerd\"\n"
    )
}

/// What keeps containerd from taking the file as meant.
pub fn flaw(text: &str, gateway: &str) -> Option<String> {
    let document = match toml::parse(text) {
        Ok(document) => document,
        Err(problem) => return Some(problem),
    };
    if document.get("server").and_then(Item::as_str) != Some(gateway) {
        return Some(format!("`server` is not `{gateway}`"));
    }
    let hosts = document.get("host").and_then(Item::as_table_like);
    let host = hosts.filter(|hosts| hosts.len() == 1).and_then(|hosts| hosts.get(gateway)?.as_table_like());
    let Some(host) = host else { return Some(format!("`[host]` is not `{gateway}` alone")) };
    [document.as_table() as &dyn TableLike, host].into_iter().find_map(|entry| entry_flaw(entry, gateway))
}

fn entry_flaw(entry: &dyn TableLike, gateway: &str) -> Option<String> {
    if let Some((key, _)) = entry.iter().find(|(key, _)| !KEYS.contains(key)) {
        return Some(format!("`{key}` is not ours"));
    }
    if toml::strings(entry.get("capabilities")) != CAPABILITIES {
        return Some("`capabilities` are not `pull`, `resolve` and `push`".into());
    }
    if entry.get("ca").and_then(Item::as_str) != Some(CA_FILE) {
        return Some(format!("`ca` is not `{CA_FILE}`"));
    }
    let has_path = gateway.contains("/v2/");
    let overrides = entry.get("override_path").and_then(Item::as_bool).unwrap_or(false);
    (overrides != has_path).then(|| "`override_path` does not fit the address".to_owned())
}

/// What a person's file says: where pulls go, and whom to trust there.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The registry itself, where it is another.
    pub server: Option<String>,
    /// `server` and the hosts to ask before it.
    pub hosts: Vec<Host>,
}

/// One host of a person's file; the first is `server` itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// Its address; empty for `server`.
    pub url: String,
    /// Files with authorities to trust there.
    pub ca: Vec<String>,
    /// Files with certificates to show there, and with their keys.
    pub clients: Vec<(String, String)>,
    /// Whether it is reached without certificate or encryption.
    pub insecure: bool,
}

/// Reads a person's file; one that containerd ignores says nothing.
pub fn said(text: &str) -> Said {
    let Ok(document) = toml::parse(text) else { return Said::default() };
    said_in(&document)
}

fn said_in(document: &DocumentMut) -> Said {
    let server = document.get("server").and_then(Item::as_str).map(str::to_owned);
    let mut hosts = vec![said_host("", document.as_table())];
    let tables = document.get("host").and_then(Item::as_table_like);
    for (url, item) in tables.map(TableLike::iter).into_iter().flatten() {
        hosts.extend(item.as_table_like().map(|table| said_host(url, table)));
    }
    Said { server, hosts }
}

fn said_host(url: &str, table: &dyn TableLike) -> Host {
    let one_or_more = |item: Option<&Item>| match item.and_then(Item::as_str) {
        Some(one) => vec![one.to_owned()],
        None => toml::strings(item),
    };
    let client = table.get("client");
    let pairs = client.and_then(Item::as_array).into_iter().flatten().filter_map(Value::as_array);
    let mut clients: Vec<(String, String)> = pairs
        .filter_map(|pair| Some((pair.get(0)?.as_str()?.to_owned(), pair.get(1)?.as_str()?.to_owned())))
        .collect();
    clients.extend(one_or_more(client).into_iter().map(|both| (both.clone(), both)));
    Host {
        url: url.to_owned(),
        ca: one_or_more(table.get("ca")),
        clients,
        insecure: table.get("skip_verify").and_then(Item::as_bool).unwrap_or(false)
            || url.starts_with("http://"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIRROR: &str = "127.0.0.1:858";

    #[test]
    fn a_registry_s_file_names_the_gateway_twice() {
        insta::assert_snapshot!(text(MIRROR, Some("registry.acme.example:5000")));
    }

    #[test]
    fn the_file_for_all_others_has_no_path() {
        insta::assert_snapshot!(text(MIRROR, None));
    }

    #[test]
    fn what_we_write_has_no_flaw_and_each_change_is_one() {
        for registry in [Some("docker.io"), None] {
            let (text, gateway) = (text(MIRROR, registry), gateway(MIRROR, registry));
            assert_eq!(flaw(&text, &gateway), None);
            for (from, to) in [
                ("server = ", "# "),
                ("[host.", "[host.\"https://mirror.example\"]\n[host."),
                ("\"pull\", ", ""),
                ("pullgate-mirror.pem", "other.pem"),
                ("ca = ", "skip_verify = true\nca = "),
                ("[header]", "[header"),
            ] {
                assert!(flaw(&text.replacen(from, to, 1), &gateway).is_some(), "{from} -> {to}");
            }
        }
    }

    #[test]
    fn a_person_s_file_is_read_in_all_its_spellings() {
        let text = "server = \"https://registry-1.docker.io\"\nca = \"root.crt\"\n[host.\"https://mirror.acme\"]\nca = [\"/a.crt\", \"b.crt\"]\nclient = [[\"c.cert\", \"c.key\"]]\n[host.\"http://plain.acme\"]\nclient = \"both.pem\"\n";
        let host = |url: &str, ca: &[&str], client: Option<(&str, &str)>, insecure| Host {
            url: url.into(),
            ca: ca.iter().map(|it| (*it).to_owned()).collect(),
            clients: client.map(|(cert, key)| (cert.to_owned(), key.to_owned())).into_iter().collect(),
            insecure,
        };
        assert_eq!(
            said(text),
            Said {
                server: Some("https://registry-1.docker.io".into()),
                hosts: vec![
                    host("", &["root.crt"], None, false),
                    host("https://mirror.acme", &["/a.crt", "b.crt"], Some(("c.cert", "c.key")), false),
                    host("http://plain.acme", &[], Some(("both.pem", "both.pem")), true),
                ],
            }
        );
    }
}
