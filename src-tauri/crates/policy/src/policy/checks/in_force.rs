//! Keys that documents may have and this version does nothing with: their authors are told, so that nobody counts on
//! them.

use crate::document::Document;
use crate::refusal::Warning;

/// Keys without effect in this version, each with what does not happen and what to do meanwhile.
const NOT_IN_FORCE: [(&str, &str); 2] = [
    (
        "reporting",
        "this version does not report verdicts anywhere, so this has no effect; `pullgate log --json` shows them on \
         each machine",
    ),
    (
        "selfService",
        "this version does not let people allow images themselves, so this has no effect; list exceptions in `allow`, \
         with `expires`",
    ),
];

/// Remarks on keys that have no effect.
pub(super) fn remarks(document: &Document) -> impl Iterator<Item = Warning> {
    let says = [document.reporting.is_some(), document.self_service.enabled];
    let unused = NOT_IN_FORCE.into_iter().zip(says).filter(|(_, says)| *says);
    unused.map(|((key, message), _)| Warning::at(format!("/{key}"), message))
}

/// Every key of the document is read by something that acts, or stands among those of which `check` says that they
/// have no effect.
#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use serde_json::{Value, json};

    use super::NOT_IN_FORCE;
    use crate::fixture::policy;
    use crate::schema;

    /// Notes of a document's author, which are for people alone.
    const NOTES: [&str; 2] = ["$schema", "ref"];
    /// Keys with one value in this version, which says what happens anyway.
    const SINGLE: [&str; 1] = ["fallback"];
    /// What reads a document only to check it, print it, or make one is no effect of a key.
    const NO_EFFECT: [&str; 9] = [
        "document",
        "document.rs",
        "checks",
        "import",
        "import.rs",
        "changes",
        "changes.rs",
        "outline",
        "outline.rs",
    ];

    fn keys_of(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(fields) => {
                if let Some(Value::Object(properties)) = fields.get("properties") {
                    found.extend(properties.keys().cloned());
                }
                let rest = fields.iter().filter(|(key, _)| *key != "description");
                rest.for_each(|(_, value)| keys_of(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| keys_of(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn sources(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if NO_EFFECT.contains(&name.as_str()) || name.contains("test") {
                continue;
            }
            if path.is_dir() {
                sources(&path, text);
            } else if name.ends_with(".rs") {
                let all = fs::read_to_string(&path).unwrap();
                text.push_str(all.split("#[cfg(test)]").next().unwrap());
            }
        }
    }

    /// The name of a key's field: `requestUrl` is `request_url`, `match` is `matches`.
    fn field(key: &str) -> String {
        if key == "match" {
            return "matches".to_owned();
        }
        let mut name = String::new();
        for letter in key.chars() {
            if letter.is_uppercase() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        name
    }

    #[test]
    fn every_key_of_the_schema_has_an_effect_or_is_said_to_have_none() {
        let schema = schema();
        let (mut all, mut silent) = (BTreeSet::new(), BTreeSet::new());
        keys_of(&schema, &mut all);
        for (key, _) in NOT_IN_FORCE {
            silent.insert(key.to_owned());
            let named = &schema["properties"][key];
            let definition =
                named.to_string().split("#/$defs/").nth(1).map(|it| it.split('"').next().unwrap().to_owned());
            keys_of(&schema["$defs"][definition.unwrap()], &mut silent);
        }
        // Classes are read by their kind.
        let mut classes = BTreeSet::new();
        keys_of(&schema["$defs"]["Classes"], &mut classes);
        silent.extend(classes);
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut text);
        for key in all.iter().filter(|key| !silent.contains(*key) && !NOTES.contains(&key.as_str())) {
            if SINGLE.contains(&key.as_str()) {
                continue;
            }
            assert!(text.contains(&format!(".{}", field(key))), "`{key}` is read by nothing that acts");
        }
        assert!(text.contains(".classes.of("));
        // What was built meanwhile is to be taken off the list.
        assert!(!text.contains(".reporting") && !text.contains(".self_service"));
    }

    #[test]
    fn a_key_without_effect_is_remarked_at_its_place() {
        let policy = policy(json!({
            "reporting": { "url": "https://collector.acme.example/" }, "selfService": { "enabled": true }
        }));
        let warned = policy.warnings().iter().filter(|of| of.message.starts_with("this version does not"));
        assert_eq!(warned.map(|of| of.path.as_str()).collect::<Vec<_>>(), ["/reporting", "/selfService"]);
        let off =
            super::remarks(crate::fixture::policy(json!({ "selfService": { "enabled": false } })).document())
                .count();
        assert_eq!(off, 0);
    }
}
