//! One document as values by key, with nothing in it that no key stands for.

use std::collections::BTreeMap;

use image_ref::Registry;
use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use super::keys::{Found, find, names_in};

/// Values by key: `policy.url`, `stand-in."docker.io".url`.
pub(super) type Values = BTreeMap<String, Said>;

/// A value, and where in a text it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) value: Value,
    /// `line 3, column 1`; none in the system's own form.
    pub(super) at: Option<String>,
}

/// What a document may say, and in which form.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// Whether it is a default, which what is trusted must not rest on.
    pub(super) default: bool,
    /// Whether it is in the system's own form.
    pub(super) loose: bool,
}

/// Reads a TOML document.
pub(super) fn of_toml(text: &str, default: bool) -> Result<Values, String> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map(|span| span.start);
        located(text, at, error.message())
    })?;
    let tree = object(table.get_ref());
    let place = |path: &[String]| place(text, position(table.get_ref(), path)?);
    let rules = Rules { default, loose: false };
    read(&tree, rules, &place).map_err(|flaw| match place(&flaw.path) {
        Some(place) => format!("{place}: {}", flaw.problem),
        None => flaw.problem,
    })
}

/// Something wrong, and the names that lead there.
pub(super) struct Flaw {
    path: Vec<String>,
    problem: String,
}

impl Flaw {
    /// The sentence without a place: the key in it has to do.
    pub(super) fn sentence(self) -> String {
        self.problem
    }
}

/// Reads a tree of values.
pub(super) fn of_tree(tree: &Map<String, Value>, rules: Rules) -> Result<Values, Flaw> {
    read(tree, rules, &|_| None)
}

/// Where a path of names stands.
type Place<'a> = &'a dyn Fn(&[String]) -> Option<String>;

fn read(tree: &Map<String, Value>, rules: Rules, place: Place<'_>) -> Result<Values, Flaw> {
    let mut values = Values::new();
    walk(tree, &mut Vec::new(), rules, place, &mut values)?;
    Ok(values)
}

/// Group policy writes an empty text for a field that was left empty.
fn is_left_empty(value: &Value, rules: Rules) -> bool {
    rules.loose && value.as_str() == Some("")
}

fn walk(
    table: &Map<String, Value>,
    above: &mut Vec<String>,
    rules: Rules,
    place: Place<'_>,
    values: &mut Values,
) -> Result<(), Flaw> {
    for (name, value) in table.iter().filter(|(_, value)| !is_left_empty(value, rules)) {
        above.push(name.clone());
        let path = above.as_slice();
        let flaw = |problem: String| Flaw { path: path.to_vec(), problem };
        let shown = key(path).map_err(flaw)?;
        match (find(path), value) {
            (Found::Key(known), _) if rules.default && !known.may_default => {
                let problem = "only the enrollment itself may say that; move it there";
                return Err(flaw(format!("`{shown}` is no default: {problem}")));
            }
            (Found::Key(known), value) => {
                let value = without_empty(value, rules);
                let checked = known.kind.check(&value, rules.loose);
                let checked = checked.map_err(|problem| flaw(format!("`{shown}` {problem}")))?;
                let said = Said { value: checked, at: place(path) };
                if values.insert(shown.clone(), said).is_some() {
                    return Err(flaw(format!("`{shown}` is there twice")));
                }
            }
            (Found::Table, Value::Object(inner)) if inner.is_empty() => {
                return Err(flaw(format!("`{shown}` is empty; fill it, or leave it out")));
            }
            (Found::Table, Value::Object(inner)) => walk(inner, above, rules, place, values)?,
            (
                Found::Table,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_),
            ) => return Err(flaw(format!("`{shown}` is a section: write `[{shown}]` on a line of its own"))),
            (Found::Nothing, _) => {
                let known = names_in(path.get(..path.len() - 1).unwrap_or_default());
                let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                return Err(flaw(format!("unknown key `{shown}`; known here: {}", known.join(", "))));
            }
        }
        above.pop();
    }
    Ok(())
}

/// A table that is one value, without the fields of it that were left empty.
fn without_empty(value: &Value, rules: Rules) -> Value {
    let Value::Object(table) = value else { return value.clone() };
    let filled = table.iter().filter(|(_, value)| !is_left_empty(value, rules));
    Value::Object(filled.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// The key of a path. A registry is named as everywhere else, so that each has one name.
fn key(path: &[String]) -> Result<String, String> {
    match path {
        [section, registry, rest @ ..] if section == "stand-in" => {
            let named = Registry::parse(registry)
                .map_err(|error| format!("`stand-in.\"{registry}\"` names no registry: {error}"))?;
            let rest = rest.iter().map(|name| format!(".{name}")).collect::<String>();
            Ok(format!("stand-in.\"{named}\"{rest}"))
        }
        path => Ok(path.join(".")),
    }
}

fn object(table: &DeTable<'_>) -> Map<String, Value> {
    table.iter().map(|(name, value)| (name.get_ref().to_string(), json(value.get_ref()))).collect()
}

/// What no setting is becomes `null`, which no setting is either.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Array(items) => Value::Array(items.iter().map(|item| json(item.get_ref())).collect()),
        DeValue::Table(table) => Value::Object(object(table)),
        DeValue::Float(_) | DeValue::Datetime(_) => Value::Null,
    }
}

/// Where the key at the end of a path stands.
fn position(table: &DeTable<'_>, path: &[String]) -> Option<usize> {
    let (name, below) = path.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name.as_str())?;
    if below.is_empty() { Some(key.span().start) } else { position(value.get_ref().as_table()?, below) }
}

/// A problem on one line, with its place in the text.
fn located(text: &str, at: Option<usize>, problem: &str) -> String {
    match at.and_then(|at| place(text, at)) {
        Some(place) => format!("{place}: {problem}"),
        None => problem.to_owned(),
    }
}

fn place(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some(format!("line {line}, column {column}"))
}
