//! What holds for every text, however odd.

use proptest::prelude::*;

use crate::{Digest, Reference, Registry, Repository, Tag};

/// Texts that are often, but not always, references: whole grammar, upper case, odd separators and stray bytes.
fn nearly_reference() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        Just(String::new()),
        "(docker\\.io|index\\.docker\\.io|registry-1\\.docker\\.io|registry\\.hub\\.docker\\.com)\\.?(:443|:80)?/",
        "[a-zA-Z0-9-]{1,8}(\\.[a-zA-Z0-9-]{1,4}){0,2}\\.?(:[0-9]{0,5})?/",
        "localhost(:[0-9]{1,5})?/",
        "[0-9.xX]{1,12}/",
        "\\[[0-9a-fA-F:.]{0,12}\\](:[0-9]{1,5})?/",
    ];
    let path = "[a-z0-9]{1,5}([._/-]{1,2}[a-z0-9]{1,5}){0,4}[A-Z%\\x00 ]?";
    let tag = "(:[a-zA-Z0-9_.-]{0,8})?";
    let digest =
        prop_oneof![3 => Just(String::new()), 1 => "@sha256:[0-9a-f]{64}", 1 => "@sha512:[0-9a-f]{128}"];
    (host, path, tag, digest).prop_map(|(host, path, tag, digest)| host + &path + &tag + &digest)
}

fn hub_alias() -> impl Strategy<Value = String> {
    "(docker\\.io|index\\.docker\\.io|registry-1\\.docker\\.io|registry\\.hub\\.docker\\.com)\\.?(:443|:80|)"
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same_reference(text in nearly_reference()) {
        if let Ok(reference) = Reference::parse(&text) {
            prop_assert_eq!(Reference::parse(&reference.to_string()), Ok(reference.clone()));
            prop_assert_eq!(Reference::parse(&reference.familiar()), Ok(reference));
        }
    }

    #[test]
    fn what_is_printed_of_a_repository_parses_to_it(text in nearly_reference()) {
        if let Ok(repository) = Repository::parse(&text) {
            prop_assert_eq!(Repository::parse(&repository.to_string()), Ok(repository.clone()));
            prop_assert_eq!(Repository::parse(&repository.familiar()), Ok(repository));
        }
    }

    #[test]
    fn a_registry_printed_and_parsed_is_the_same(text in "\\[?[a-zA-Z0-9.:-]{1,20}\\]?(:[0-9]{1,5})?") {
        if let Ok(registry) = Registry::parse(&text) {
            prop_assert_eq!(Registry::parse(registry.as_str()), Ok(registry));
        }
    }

    #[test]
    fn a_registry_in_front_of_a_path_stays_the_registry(text in "[a-zA-Z0-9.-]{1,12}(:[0-9]{1,5})?") {
        if let Ok(registry) = Registry::parse(&text) {
            let repository = Repository::new(registry.clone(), "acme/tool").unwrap();
            let parsed = Repository::parse(&repository.to_string()).unwrap();
            prop_assert_eq!(parsed.registry(), &registry);
        }
    }

    #[test]
    fn spellings_of_docker_hub_fold_into_one(alias in hub_alias(), path in "[a-z0-9]{1,9}(/[a-z0-9]{1,9})?") {
        prop_assert_eq!(Repository::parse(&format!("{alias}/{path}")), Repository::parse(&path));
    }

    #[test]
    fn upper_case_in_the_host_changes_nothing(host in "[a-z]{1,6}\\.[a-z]{1,6}", path in "[a-z]{1,6}") {
        let loud = Repository::parse(&format!("{}/{path}", host.to_uppercase()));
        prop_assert_eq!(loud, Repository::parse(&format!("{host}/{path}")));
    }

    #[test]
    fn a_path_is_only_what_a_url_carries_unchanged(text in nearly_reference()) {
        if let Ok(reference) = Reference::parse(&text) {
            let repository = reference.repository();
            let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-' | '/');
            prop_assert!(repository.path().chars().all(plain));
            prop_assert!(repository.path().split('/').all(|part| !part.is_empty() && part != "." && part != ".."));
            prop_assert!(!repository.registry().as_str().contains(|c: char| c.is_uppercase() || c.is_control()));
            prop_assert!(repository.path().len() <= 255);
        }
    }

    #[test]
    fn a_registry_on_docker_hub_has_a_namespace(name in "[a-z0-9]{1,20}") {
        let repository = Repository::new(Registry::docker_hub(), &name).unwrap();
        prop_assert_eq!((repository.namespace(), repository.familiar()), ("library", name));
    }

    #[test]
    fn any_text_is_parsed_or_refused_in_a_short_sentence(text in any::<String>()) {
        let faults = [
            Reference::parse(&text).err().map(|fault| fault.to_string()),
            Repository::parse(&text).err().map(|fault| fault.to_string()),
            Registry::parse(&text).err().map(|fault| fault.to_string()),
            Tag::parse(&text).err().map(|fault| fault.to_string()),
            Digest::parse(&text).err().map(|fault| fault.to_string()),
        ];
        for fault in faults.into_iter().flatten() {
            prop_assert!(fault.len() < 800 && !fault.contains(char::is_control) && !fault.ends_with('.'), "{}", fault);
        }
    }
}
