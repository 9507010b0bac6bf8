//! A policy with the catalog it names: one bundle, accepted as a whole or not at all.

use policy::{CatalogSource, Policy, Refusal};
use serde::Deserialize;

use crate::bundle::verify_catalog;
use crate::sha256;

/// What a document says of itself, however wrong the rest of it is.
#[derive(Default, Deserialize)]
pub struct Named {
    /// Whose policy it is.
    pub organization: Option<String>,
    #[serde(alias = "catalogue")]
    catalog: Option<CatalogSource>,
}

impl Named {
    /// Reads what can be read.
    pub fn of(document: &[u8]) -> Self {
        serde_json::from_slice(document).unwrap_or_default()
    }

    /// The name of the catalog's file, which lies beside the document's.
    pub fn catalog(&self) -> Option<Result<&str, Refusal>> {
        Some(self.catalog.as_ref()?.file_name())
    }
}

/// Checks a document and the bytes of its catalog, which must be the ones the document means.
pub fn parse(document: &[u8], catalog: Option<&[u8]>, organization: &str) -> Result<Policy, Refusal> {
    let policy = Policy::parse(document, catalog, organization)?;
    if let (Some(bytes), Some(named)) = (catalog, Named::of(document).catalog) {
        verify_catalog(&named, bytes).map_err(|found| Refusal::Value {
            path: "/catalog/sha256".to_owned(),
            problem: format!(
                "the catalog's SHA-256 is `{found}`; write that, or put the right catalog beside"
            ),
        })?;
    }
    Ok(policy.with_sha256(sha256(document)))
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
        let named = |name: &str| CatalogSource { url: name.to_owned(), sha256: String::new() };
        assert_eq!(named("catalog-7.json").file_name(), Ok("catalog-7.json"));
        for name in ["", "..", ".hidden", "../x", "a/b", "https://x", "a?b", "a%2fb", "a@2"] {
            assert!(named(name).file_name().is_err(), "{name}");
        }
    }

    #[test]
    fn a_catalog_lies_beside_its_policy() {
        let named = Named::of(br#"{ "catalog": { "url": "../x", "sha256": "" } }"#);
        assert!(named.catalog().unwrap().is_err());
        assert!(Named::of(b"{").catalog().is_none());
    }
}
