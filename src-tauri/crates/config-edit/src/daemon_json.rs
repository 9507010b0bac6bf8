//! The daemon's configuration file: our keys in, everything else untouched.

use serde_json::{Map, Value, json};

use crate::json::{Broken, Document, set};
use crate::{NO_PROXY, Proxies};

/// What the person's file says about where images come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The proxies of the daemon.
    pub proxies: Proxies,
    /// `registry-mirrors`.
    pub mirrors: Vec<String>,
    /// `insecure-registries`.
    pub insecure: Vec<String>,
}

/// Reads the person's file; one that is not there says nothing.
pub fn said(text: Option<&[u8]>) -> Result<Said, Broken> {
    let value = Document::parse_bytes(text.unwrap_or_default())?.value();
    let proxies = value.get("proxies").and_then(Value::as_object);
    let proxy = |key: &str| {
        let text = proxies.and_then(|it| it.get(key)).and_then(Value::as_str).unwrap_or_default();
        (!text.is_empty()).then(|| text.to_owned())
    };
    Ok(Said {
        proxies: Proxies {
            http: proxy("http-proxy"),
            https: proxy("https-proxy"),
            no_proxy: proxy("no-proxy"),
        },
        mirrors: strings(&value, "registry-mirrors"),
        insecure: strings(&value, "insecure-registries"),
    })
}

/// The file that leads the daemon to the proxy; as it was where there is nothing to say.
pub fn routed(text: Option<&[u8]>, proxy: Option<&str>) -> Result<Option<Vec<u8>>, Broken> {
    let document = open(text)?;
    let before = document.value();
    if let Some(proxy) = proxy {
        let proxies = document.object().get("proxies").and_then(|property| property.object_value());
        let ours = [("http-proxy", proxy), ("https-proxy", proxy), ("no-proxy", NO_PROXY)];
        match proxies {
            Some(proxies) => ours.iter().for_each(|(key, value)| set(&proxies, key, &json!(value))),
            None => set(document.object(), "proxies", &Value::Object(map(&ours))),
        }
    }
    if !strings(&before, "registry-mirrors").is_empty() {
        set(document.object(), "registry-mirrors", &json!([]));
    }
    if document.value() == before {
        return Ok(text.map(<[u8]>::to_vec));
    }
    Ok(Some(document.text().into_bytes()))
}

/// The file with containers kept running, or not, while the daemon restarts.
pub fn with_live_restore(text: Option<&[u8]>, on: bool) -> Result<Vec<u8>, Broken> {
    let document = open(text)?;
    set(document.object(), "live-restore", &json!(on));
    Ok(document.text().into_bytes())
}

fn open(text: Option<&[u8]>) -> Result<Document, Broken> {
    Document::parse_bytes(text.unwrap_or(b"{\n}\n"))
}

fn map(entries: &[(&str, &str)]) -> Map<String, Value> {
    entries.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect()
}

fn strings(value: &Map<String, Value>, key: &str) -> Vec<String> {
    let items = value.get(key).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::Format;

    const PROXY: &str = "http://127.0.0.1:859";

    fn route(text: Option<&[u8]>) -> Vec<u8> {
        routed(text, Some(PROXY)).unwrap().unwrap()
    }

    #[test]
    fn files_seen_in_the_wild_keep_everything_but_our_keys() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/daemon-json");
        let mut names: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        assert_eq!(names.len(), 10);
        for path in names {
            let original = std::fs::read(&path).unwrap();
            let routed = route(Some(&original));
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            insta::assert_snapshot!(
                name.clone(),
                String::from_utf8_lossy(&routed).replace('\r', "␍").replace('\t', "→")
            );
            assert_eq!(route(Some(&routed)), routed, "{name}: twice is once");
            let back = Format::Json.restore(&routed, &routed, Some(&original)).unwrap_or_default();
            let empty = Format::Json.same(&original, b"{}") && back.is_empty();
            assert!(empty || Format::Json.same(&back, &original), "{name}: what we changed goes back");
        }
    }

    #[test]
    fn a_file_that_was_absent_is_made_and_says_no_more_than_our_keys() {
        insta::assert_snapshot!(String::from_utf8(route(None)).unwrap(), @r#"
    {
      "proxies": {
        "http-proxy": "http://127.0.0.1:859",
        "https-proxy": "http://127.0.0.1:859",
        "no-proxy": "pullgate.invalid"
      }
    }
    "#);
        assert_eq!(routed(None, None), Ok(None));
    }

    /// A value as people write them: nested, with names that may be ours.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[ -~é]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z-]{1,6}", inner, 0..4)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    fn document() -> impl Strategy<Value = Map<String, Value>> {
        let proxies =
            prop::collection::btree_map("(http-proxy|no-proxy|x)", "[a-z]{1,5}".prop_map(Value::from), 0..3);
        let mirrors = prop::collection::vec("https://[a-z]{1,5}".prop_map(Value::from), 0..3);
        let foreign = prop::collection::btree_map("[a-z]{1,8}", value(), 0..5);
        (foreign, prop::option::of(proxies), prop::option::of(mirrors)).prop_map(
            |(foreign, proxies, mirrors)| {
                let mut document: Map<String, Value> = foreign.into_iter().collect();
                document.extend(proxies.map(|it| ("proxies".to_owned(), it.into_iter().collect())));
                document.extend(mirrors.map(|it| ("registry-mirrors".to_owned(), Value::from(it))));
                document
            },
        )
    }

    fn text(document: &Map<String, Value>, pretty: bool) -> Vec<u8> {
        let text = if pretty { serde_json::to_vec_pretty(document) } else { serde_json::to_vec(document) };
        text.unwrap()
    }

    proptest! {
        #[test]
        fn routing_twice_is_routing_once(document in document(), pretty: bool) {
            let once = route(Some(&text(&document, pretty)));
            prop_assert_eq!(route(Some(&once)), once);
        }

        #[test]
        fn foreign_keys_and_their_order_survive(document in document(), pretty: bool) {
            let original = text(&document, pretty);
            let routed = Document::parse_bytes(&route(Some(&original))).unwrap();
            let names = |it: &Document| -> Vec<String> {
                it.object().properties().iter().filter_map(|property| property.decoded_name()).collect()
            };
            let before = names(&Document::parse_bytes(&original).unwrap());
            prop_assert_eq!(&names(&routed)[..before.len()], &before[..]);
            for (key, value) in document.iter().filter(|(key, _)| !["proxies", "registry-mirrors"].contains(&key.as_str())) {
                prop_assert_eq!(&routed.value()[key], value);
            }
        }

        #[test]
        fn what_the_person_added_after_us_is_all_that_differs_from_the_original(document in document(), theirs in value()) {
            let original = text(&document, true);
            let written = route(Some(&original));
            let edited = Document::parse_bytes(&written).unwrap();
            set(edited.object(), "their-own-key", &theirs);
            let back = Format::Json.restore(edited.text().as_bytes(), &written, Some(&original)).unwrap();
            let mut expected = document;
            expected.insert("their-own-key".into(), theirs);
            prop_assert_eq!(Document::parse_bytes(&back).unwrap().value(), expected);
        }
    }
}
