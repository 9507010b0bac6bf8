//! A policy with the catalog it names: one set, accepted as a whole or not at all.

use aws_lc_rs::digest::{SHA256, digest};
use policy::{Policy, Refusal};
use serde::Deserialize;

/// What a document says of itself, however wrong the rest of it is.
#[derive(Default, Deserialize)]
pub(crate) struct Named {
    pub(crate) organization: Option<String>,
    #[serde(alias = "catalogue")]
    catalog: Option<NamedCatalog>,
}

#[derive(Deserialize)]
struct NamedCatalog {
    url: String,
    sha256: String,
}

impl Named {
    /// Reads what can be read.
    pub(crate) fn of(document: &[u8]) -> Self {
        serde_json::from_slice(document).unwrap_or_default()
    }

    /// The name of the catalog's file, which lies beside the document's.
    pub(crate) fn catalog(&self) -> Option<Result<&str, Refusal>> {
        Some(plain(&self.catalog.as_ref()?.url))
    }
}

/// A catalog lies beside its policy, by a name that is one everywhere: on disk, in an address, in a shell.
pub(crate) fn plain(name: &str) -> Result<&str, Refusal> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if !name.is_empty() && !name.starts_with('.') && name.bytes().all(letter) {
        return Ok(name);
    }
    let problem = format!("`{name}` is not the name of a file beside the policy");
    Err(refusal("/catalog/url", problem))
}

/// Checks a document and the bytes of its catalog, which must be the ones the document means.
pub(crate) fn parse(document: &[u8], catalog: Option<&[u8]>, organization: &str) -> Result<Policy, Refusal> {
    let policy = Policy::parse(document, catalog, organization)?;
    if let (Some(bytes), Some(named)) = (catalog, Named::of(document).catalog) {
        let found = sha256(bytes);
        if !named.sha256.eq_ignore_ascii_case(&found) {
            let problem =
                format!("the catalog's SHA-256 is `{found}`; write that, or put the right catalog beside");
            return Err(refusal("/catalog/sha256", problem));
        }
    }
    Ok(policy.with_sha256(sha256(document)))
}

fn refusal(path: &str, problem: String) -> Refusal {
    Refusal::Value { path: path.to_owned(), problem }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(sha256: &str) -> String {
        let catalog = format!(r#""catalog": {{ "url": "catalog.json", "sha256": "{sha256}" }},"#);
        policy::STARTER.replacen('{', &format!("{{ {catalog}"), 1)
    }

    #[test]
    fn a_catalog_other_than_the_named_one_is_refused() {
        let catalog = br#"{ "schema": "1.0", "asOf": "2026-11-22T06:00:00Z", "namespaces": {} }"#;
        let set = |hash: &str| {
            parse(document(hash).as_bytes(), Some(catalog), "acme").map(drop).map_err(|why| why.to_string())
        };
        let other = set(&"0".repeat(64)).unwrap_err();
        assert!(other.contains("/catalog/sha256"), "{other}");
        assert_eq!(set(&sha256(catalog)), Ok(()));
    }

    #[test]
    fn a_catalog_is_named_by_a_plain_name_beside_its_policy() {
        assert_eq!(plain("catalog-7.json"), Ok("catalog-7.json"));
        for name in ["", "..", ".hidden", "../x", "a/b", "https://x", "a?b", "a%2fb", "a@2"] {
            assert!(plain(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_catalog_lies_beside_its_policy() {
        let named = Named::of(br#"{ "catalog": { "url": "../x", "sha256": "" } }"#);
        assert!(named.catalog().unwrap().is_err());
        assert!(Named::of(b"{").catalog().is_none());
    }
}
