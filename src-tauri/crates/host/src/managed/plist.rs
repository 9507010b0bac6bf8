//! Property lists, in the JSON that macOS turns them into.

use serde_json::{Map, Value};

/// The tree of a property list.
pub(super) fn tree(json: &[u8]) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(json).map_err(|error| error.to_string())? {
        Value::Object(tree) => Ok(without_payload(tree)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err("it is not a dictionary".to_owned())
        }
    }
}

/// What a configuration profile says of itself is no setting.
fn without_payload(tree: Map<String, Value>) -> Map<String, Value> {
    tree.into_iter().filter(|(key, _)| !key.starts_with("Payload")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_profile_is_a_tree_without_what_it_says_of_itself() {
        let json =
            br#"{"PayloadUUID":"1","organization":"acme","policy":{"keys":["ed25519:x"],"threshold":1},
                        "identity":{"required":true}}"#;
        let expected = json!({"organization": "acme", "policy": {"keys": ["ed25519:x"], "threshold": 1},
                              "identity": {"required": true}});
        assert_eq!(tree(json).map(Value::Object), Ok(expected));
    }

    #[test]
    fn anything_but_a_dictionary_is_refused() {
        assert_eq!(tree(b"[1]"), Err("it is not a dictionary".into()));
        assert!(tree(b"<plist>").is_err());
    }
}
