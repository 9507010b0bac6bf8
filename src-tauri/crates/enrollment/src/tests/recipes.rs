//! Every recipe of the manual's page on sign-in can be written as a file, in the registry by the fields of group policy,
//! and in a profile of macOS, and is the same enrollment in each.

use host::managed::{Content, Document, Layer};
use roxmltree::{Node, ParsingOptions};
use serde_json::{Map, Value, json};

use crate::{Identity, check, layers, parse};

const MANUAL: &str = include_str!("../../../../docs/sign-in.md");
const POLICIES: &str = include_str!("../../../../packaging/windows/pullgate.admx");
const PROFILE: &str = include_str!("../../../../packaging/macos/io.pullgate.mobileconfig");
const REGISTRY: &str = r"SOFTWARE\Policies\Pullgate";
const REST: &str = "organization = \"acme\"\n[policy]\nurl = \"file:///etc/pullgate/policy/\"\nkeys = []\n";

fn recipes() -> Vec<&'static str> {
    MANUAL.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

fn values(toml: &str) -> Map<String, Value> {
    toml::from_str(&format!("{REST}{toml}")).unwrap()
}

fn of_tree(tree: Map<String, Value>) -> Result<Option<Identity>, String> {
    let document = Document { layer: Layer::Locked, origin: "tree".into(), content: Content::Tree(tree) };
    let merged = layers::merge(vec![document], "tree").and_then(check);
    merged.map(|enrollment| enrollment.identity).map_err(|error| error.to_string())
}

fn parsed(text: &str) -> roxmltree::Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    roxmltree::Document::parse_with_options(text, options).unwrap()
}

#[test]
fn every_provider_of_the_manuals_table_has_a_recipe_that_is_an_enrollment() {
    let rows = MANUAL.matches("| [recipe](#").count();
    assert!(rows >= 7 && recipes().len() > rows, "{rows} rows, {} recipes", recipes().len());
    for recipe in recipes() {
        let enrollment = parse(&format!("{REST}{recipe}")).map_err(|error| format!("{error}\n{recipe}"));
        assert!(enrollment.unwrap().identity.is_some(), "{recipe}");
    }
}

#[test]
fn every_recipe_of_the_manual_is_the_same_by_group_policy() {
    let document = parsed(POLICIES);
    for recipe in recipes() {
        let mut tree = Map::new();
        for (key, value) in values(recipe) {
            write(&document, &[key], &value, &mut tree);
        }
        let file = parse(&format!("{REST}{recipe}")).unwrap().identity;
        assert_eq!(of_tree(tree.clone()), Ok(file), "{recipe}\n{tree:?}");
    }
}

/// Writes a value by the field that the template has for it.
fn write(document: &roxmltree::Document<'_>, path: &[String], value: &Value, tree: &mut Map<String, Value>) {
    if let Some(element) = field(document, path, value) {
        return put(tree, path, written(element, value));
    }
    if path == ["identity", "membership"] && value.get("claim").is_none() {
        let field = field(document, path, &json!("text")).expect("a rule of several tests has a field");
        return put(tree, path, written(field, &json!(inline(value))));
    }
    let Value::Object(table) = value else { panic!("group policy has no field for `{}`", path.join(".")) };
    for (name, value) in table {
        write(document, &[path, std::slice::from_ref(name)].concat(), value, tree);
    }
    // A person who fills in one field leaves others of the same setting empty.
    for element in document.descendants().filter(|node| node.has_tag_name("text")) {
        let name = element.attribute("valueName").unwrap_or_default();
        if key_of(element) == path && !table.contains_key(name) && !is_rule(path, name) {
            put(tree, &[path, &[name.to_owned()]].concat(), json!(""));
        }
    }
}

/// The rule as one text belongs to a setting of its own.
fn is_rule(path: &[String], name: &str) -> bool {
    path == ["identity"] && name == "membership"
}

fn field<'a>(document: &'a roxmltree::Document<'_>, path: &[String], value: &Value) -> Option<Node<'a, 'a>> {
    let kind = match value {
        Value::Object(_) => "list",
        Value::Array(_) => "multiText",
        Value::String(_) => "text",
        Value::Bool(_) => "policy",
        Value::Number(_) => "decimal",
        Value::Null => return None,
    };
    let (name, above) = path.split_last()?;
    document.descendants().filter(|node| node.has_tag_name(kind)).find(|node| match kind {
        "list" => key_of(*node) == path && node.attribute("explicitValue") == Some("true"),
        _ => node.attribute("valueName") == Some(name) && key_of(*node) == above,
    })
}

/// The names that lead to where a field writes.
fn key_of(element: Node<'_, '_>) -> Vec<String> {
    let policy = element.ancestors().find_map(|node| node.attribute("key")).unwrap_or_default();
    let below = policy.strip_prefix(REGISTRY).unwrap_or_else(|| panic!("`{policy}` is not read"));
    below.split('\\').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// What the registry holds then: it has no flags, no lists of numbers and no nested lists.
fn written(element: Node<'_, '_>, value: &Value) -> Value {
    match (element.tag_name().name(), value) {
        ("policy", Value::Bool(flag)) => json!(u8::from(*flag)),
        ("multiText", Value::Array(items)) => {
            items.iter().map(|item| json!(item.as_str().map_or(item.to_string(), str::to_owned))).collect()
        }
        ("text", Value::String(text)) => {
            let longest = element.attribute("maxLength").map_or(1023, |most| most.parse().unwrap());
            assert!(text.len() <= longest, "`{text}` does not fit into its field");
            value.clone()
        }
        ("list", Value::Object(table)) => {
            assert!(table.values().all(Value::is_string), "{value}");
            value.clone()
        }
        ("decimal", Value::Number(_)) => value.clone(),
        (kind, value) => panic!("a field `{kind}` does not hold {value}"),
    }
}

fn put(tree: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [name] => {
            assert!(tree.insert(name.clone(), value).is_none(), "`{name}` is written twice");
        }
        [name, below @ ..] => {
            let table = tree.entry(name.as_str()).or_insert_with(|| json!({}));
            put(table.as_object_mut().expect("a key is no value"), below, value);
        }
        [] => {}
    }
}

/// A value on one line, as TOML has it.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            let fields: Vec<_> =
                table.iter().map(|(name, value)| format!("{name} = {}", inline(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

#[test]
fn every_recipe_of_the_manual_is_the_same_by_a_profile() {
    for recipe in recipes() {
        let profile = format!("<plist version=\"1.0\">{}</plist>", plist(&Value::Object(values(recipe))));
        let document = parsed(&profile);
        let tree = of_plist(document.root_element().first_element_child().unwrap());
        let file = parse(&format!("{REST}{recipe}")).unwrap().identity;
        assert_eq!(of_tree(tree.as_object().unwrap().clone()), Ok(file), "{recipe}\n{profile}");
    }
}

#[test]
fn the_profile_that_is_shipped_is_an_enrollment() {
    let document = parsed(PROFILE);
    let ours = |node: &Node<'_, '_>| node.has_tag_name("string") && node.text() == Some("io.pullgate");
    let settings = document.descendants().filter(ours).find_map(|node| node.parent()).unwrap();
    let mut tree = of_plist(settings).as_object().unwrap().clone();
    tree.retain(|key, _| !key.starts_with("Payload"));
    assert!(of_tree(tree).unwrap().is_some());
}

/// A value as a property list has it.
fn plist(value: &Value) -> String {
    let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    match value {
        Value::Object(table) => {
            let fields =
                table.iter().map(|(name, value)| format!("<key>{}</key>{}", text(name), plist(value)));
            format!("<dict>{}</dict>", fields.collect::<String>())
        }
        Value::Array(items) => format!("<array>{}</array>", items.iter().map(plist).collect::<String>()),
        Value::String(said) => format!("<string>{}</string>", text(said)),
        Value::Number(number) => format!("<integer>{number}</integer>"),
        Value::Bool(flag) => format!("<{flag}/>"),
        Value::Null => panic!("a property list has no null"),
    }
}

fn of_plist(node: Node<'_, '_>) -> Value {
    let text = || node.text().unwrap_or_default();
    match node.tag_name().name() {
        "dict" => {
            let keys = node.children().filter(|child| child.has_tag_name("key"));
            let value = |key: Node<'_, '_>| of_plist(key.next_sibling_element().unwrap());
            Value::Object(keys.map(|key| (key.text().unwrap_or_default().to_owned(), value(key))).collect())
        }
        "array" => node.children().filter(Node::is_element).map(of_plist).collect(),
        "string" => json!(text()),
        "integer" => json!(text().parse::<i64>().unwrap()),
        "true" => json!(true),
        "false" => json!(false),
        other => panic!("`{other}` in a property list"),
    }
}
