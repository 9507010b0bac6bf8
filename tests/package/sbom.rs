//! What each package says that it is made of.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::packages::{find, unpack};

/// The document of a package, which lies beside its copyright.
fn document(name: &str) -> Value {
    let package = unpack(&find(&format!("{name}_"), ".deb"));
    let path = package.path().join(format!("usr/share/doc/{name}/{name}.spdx.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("SPDX is JSON here")
}

fn list<'a>(document: &'a Value, key: &str) -> &'a [Value] {
    document[key].as_array().expect("a list")
}

fn names(document: &Value) -> BTreeSet<&str> {
    list(document, "packages").iter().filter_map(|part| part["name"].as_str()).collect()
}

#[test]
fn a_package_says_what_is_linked_into_it_and_no_more() {
    let (service, tray) = (document("pullgate"), document("pullgate-tray"));
    let (of_service, of_tray) = (names(&service), names(&tray));
    for part in ["service", "gateway", "tokio", "rustls", "aws-lc-sys", "reqwest", "rusqlite"] {
        assert!(of_service.contains(part), "{part}");
    }
    for part in ["tauri", "svelte", "insta", "proptest"] {
        assert!(!of_service.contains(part), "{part}");
    }
    for part in ["pullgate-tray", "tauri", "ksni", "svelte", "@tauri-apps/api"] {
        assert!(of_tray.contains(part), "{part}");
    }
    for tool in ["vite", "playwright-core", "axe-core", "gateway", "insta"] {
        assert!(!of_tray.contains(tool), "{tool}");
    }
}

#[test]
fn every_part_has_a_version_a_license_and_a_place_in_the_tree() {
    for name in ["pullgate", "pullgate-tray"] {
        let document = document(name);
        let ids: BTreeSet<&str> =
            list(&document, "packages").iter().filter_map(|part| part["SPDXID"].as_str()).collect();
        assert_eq!(ids.len(), list(&document, "packages").len(), "no name stands for two");
        let mut held = BTreeSet::new();
        for edge in list(&document, "relationships") {
            let to = edge["relatedSpdxElement"].as_str().expect("an edge leads somewhere");
            assert!(ids.contains(to), "{to}");
            held.insert(to);
        }
        assert_eq!(held, ids, "everything hangs on something");
        for part in list(&document, "packages") {
            assert!(
                part["versionInfo"].as_str().is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit())),
                "{part}"
            );
            assert_ne!(part["licenseDeclared"], "NOASSERTION", "{part}");
            let locator = part["externalRefs"][0]["referenceLocator"].as_str().unwrap_or_default();
            assert!(
                !locator.starts_with("pkg:cargo/") || part["checksums"][0]["algorithm"] == "SHA256",
                "{part}"
            );
        }
    }
}
