//! Which organization Docker Desktop is bound to here. Anybody who installs it may have written that, so it is
//! a hint for people and nothing rests on it.

use std::path::Path;

use serde_json::Value;

use super::LIMIT;
use crate::files::read_limited;

/// Organizations that Docker Desktop asks people to sign in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerBinding {
    /// Their names, in small letters.
    pub organizations: Vec<String>,
    /// The file, profile or key that says so.
    pub origin: String,
}

/// The first place of this system that names organizations. What cannot be read names none.
#[must_use]
pub fn docker_binding() -> Option<DockerBinding> {
    of_the_system().or_else(|| of_file(Path::new(REGISTRY_JSON)))
}

#[cfg(target_os = "macos")]
const REGISTRY_JSON: &str = "/Library/Application Support/com.docker.docker/registry.json";
#[cfg(target_os = "windows")]
const REGISTRY_JSON: &str = r"C:\ProgramData\DockerDesktop\registry.json";
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
const REGISTRY_JSON: &str = "/usr/share/docker-desktop/registry/registry.json";

#[cfg(target_os = "macos")]
fn of_the_system() -> Option<DockerBinding> {
    let places = [
        "/Library/Managed Preferences/com.docker.config.plist",
        "/Library/Application Support/com.docker.docker/desktop.plist",
    ];
    places.into_iter().find_map(|place| {
        let bytes = read_limited(Path::new(place), LIMIT).ok().flatten()?;
        of_tree(&Value::Object(super::macos::tree(&bytes).ok()?), place)
    })
}

#[cfg(target_os = "windows")]
fn of_the_system() -> Option<DockerBinding> {
    let place = r"SOFTWARE\Policies\Docker\Docker Desktop";
    let tree = super::windows::tree(place).ok().flatten()?;
    of_tree(&Value::Object(tree), &format!(r"HKLM\{place}"))
}

#[cfg(not(any(target_os = "macos", target_os = "windows")))]
fn of_the_system() -> Option<DockerBinding> {
    None
}

fn of_file(path: &Path) -> Option<DockerBinding> {
    let bytes = read_limited(path, LIMIT).ok().flatten()?;
    let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    of_tree(&serde_json::from_slice(json).ok()?, &path.display().to_string())
}

/// A list of names, or one text of names with semicolons between them.
fn of_tree(tree: &Value, origin: &str) -> Option<DockerBinding> {
    let names: Vec<&str> = match tree.get("allowedOrgs")? {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        Value::String(names) => names.split(';').collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    let organizations: Vec<String> = names.into_iter().filter_map(name).take(MOST_SHOWN).collect();
    (!organizations.is_empty()).then(|| DockerBinding { organizations, origin: origin.to_owned() })
}

/// More names than this help nobody.
const MOST_SHOWN: usize = 8;

/// The name of an organization on Docker Hub, and nothing that could be taken for more.
fn name(text: &str) -> Option<String> {
    let name = text.trim().to_ascii_lowercase();
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    (plain && (1..=64).contains(&name.len())).then_some(name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn named(content: &[u8]) -> Option<Vec<String>> {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("registry.json");
        fs::write(&path, content).unwrap();
        let binding = of_file(&path)?;
        assert_eq!(binding.origin, path.display().to_string());
        Some(binding.organizations)
    }

    #[test]
    fn the_organizations_of_docker_desktop_are_found_in_every_form() {
        let acme = Some(vec!["acme".to_owned()]);
        assert_eq!(named(br#"{"allowedOrgs":["acme"]}"#), acme);
        assert_eq!(named(b"\xef\xbb\xbf{\"allowedOrgs\":[\" Acme \"]}\r\n"), acme);
        let both = Some(vec!["acme".to_owned(), "acme-lab".to_owned()]);
        assert_eq!(named(br#"{"allowedOrgs":"acme;acme-lab"}"#), both);
    }

    #[test]
    fn a_bad_file_is_no_hint() {
        let long = format!(r#"{{"allowedOrgs":["acme"],"x":"{}"}}"#, "x".repeat(65_536));
        let bad: [&[u8]; 8] = [
            b"",
            b"{",
            b"[]",
            br#"{"allowedOrgs":[]}"#,
            br#"{"allowedOrgs":7}"#,
            br#"{"allowedOrgs":["a b","`x`",""]}"#,
            b"\xff\xfe{\0",
            long.as_bytes(),
        ];
        for content in bad {
            assert_eq!(named(content), None, "{}", String::from_utf8_lossy(content));
        }
        assert_eq!(of_file(Path::new("/nowhere/registry.json")), None);
    }
}
