//! Values of the Windows registry as a tree: a key is a table, its values are what stands in it.

use serde_json::{Map, Value};

/// A value of the registry, of the types that settings use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Data {
    /// `REG_SZ` or `REG_EXPAND_SZ`.
    Text(String),
    /// `REG_DWORD` or `REG_QWORD`.
    Number(u64),
    /// `REG_MULTI_SZ`.
    Texts(Vec<String>),
}

/// A value with the keys above it, from the topmost key of the settings on.
pub(super) type Entry = (Vec<String>, String, Data);

/// The tree of all values below a key.
pub(super) fn tree(entries: Vec<Entry>) -> Result<Map<String, Value>, String> {
    let mut tree = Map::new();
    for (keys, name, data) in entries {
        let mut table = &mut tree;
        for key in &keys {
            let below = table.entry(key.as_str()).or_insert_with(|| Value::Object(Map::new()));
            table = below.as_object_mut().ok_or_else(|| format!("`{key}` is both a key and a value"))?;
        }
        let value = match data {
            Data::Text(text) => Value::String(text),
            Data::Number(number) => Value::from(number),
            Data::Texts(texts) => Value::from(texts),
        };
        if table.insert(name.clone(), value).is_some() {
            return Err(format!("`{name}` is both a key and a value"));
        }
    }
    Ok(tree)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(keys: &[&str], name: &str, data: Data) -> Entry {
        (keys.iter().map(|key| (*key).to_owned()).collect(), name.to_owned(), data)
    }

    #[test]
    fn keys_are_tables_and_values_keep_their_type() {
        let text = |text: &str| Data::Text(text.into());
        let entries = vec![
            entry(&[], "organization", text("acme")),
            entry(&["identity"], "required", Data::Number(1)),
            entry(&["policy"], "keys", Data::Texts(vec!["ed25519:x".into()])),
            entry(&["stand-in", "docker.io"], "url", text("https://mirror.acme.example")),
        ];
        let expected = json!({
            "organization": "acme",
            "identity": {"required": 1},
            "policy": {"keys": ["ed25519:x"]},
            "stand-in": {"docker.io": {"url": "https://mirror.acme.example"}},
        });
        assert_eq!(tree(entries).map(Value::Object), Ok(expected));
    }

    #[test]
    fn a_name_for_two_things_is_refused() {
        let value = entry(&[], "policy", Data::Number(1));
        let below = entry(&["policy"], "url", Data::Number(1));
        let refused = Err("`policy` is both a key and a value".to_owned());
        assert_eq!(tree(vec![value.clone(), below.clone()]), refused);
        assert_eq!(tree(vec![below, value]), refused);
    }
}
