//! Every key of an enrollment: what its value is, and who may say it.

use serde_json::{Map, Value};

/// A key, and what is known of it.
#[derive(Debug)]
pub(super) struct Key {
    /// Its name; `*` stands for a name of the organization's choice.
    pub(super) name: &'static str,
    /// What its value is.
    pub(super) kind: Kind,
    /// Whether a default may say it. What is trusted is the enrollment's alone.
    pub(super) may_default: bool,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Flag,
    Count,
    Texts,
    Counts,
    /// A table that is one value: it is replaced as a whole.
    Rule,
    /// A table of texts by names of the organization's choice, likewise.
    Named,
}

const fn locked(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, may_default: false }
}

const fn open(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, may_default: true }
}

/// Every key.
pub(super) const KEYS: &[Key] = &[
    locked("organization", Kind::Text),
    open("name", Kind::Text),
    locked("identity.issuer", Kind::Text),
    locked("identity.client_id", Kind::Text),
    locked("identity.scopes", Kind::Texts),
    locked("identity.membership", Kind::Rule),
    locked("identity.groups_claim", Kind::Text),
    locked("identity.account_claim", Kind::Text),
    locked("identity.client_secret", Kind::Text),
    locked("identity.client_secret_file", Kind::Text),
    locked("identity.device_client_id", Kind::Text),
    locked("identity.device_client_secret", Kind::Text),
    locked("identity.parameters", Kind::Named),
    locked("identity.redirect_host", Kind::Text),
    locked("identity.redirect_ports", Kind::Counts),
    locked("identity.provider", Kind::Text),
    locked("identity.organizations", Kind::Texts),
    locked("identity.api", Kind::Text),
    locked("identity.ca", Kind::Text),
    locked("identity.required", Kind::Flag),
    locked("policy.url", Kind::Text),
    locked("policy.keys", Kind::Texts),
    locked("policy.threshold", Kind::Count),
    locked("policy.absent", Kind::Text),
    locked("policy.ca", Kind::Text),
    open("contact.name", Kind::Text),
    open("contact.email", Kind::Text),
    open("contact.url", Kind::Text),
    open("network.proxy", Kind::Text),
    open("network.no_proxy", Kind::Text),
    locked("network.ca", Kind::Text),
    locked("network.proxy_login", Kind::Text),
    locked("fronts.proxy_users", Kind::Texts),
    open("stand-in.*.url", Kind::Text),
    open("stand-in.*.ca", Kind::Text),
];

/// What a path of names leads to.
pub(super) enum Found {
    Key(&'static Key),
    /// A table with keys in it.
    Table,
    Nothing,
}

/// Finds what a path leads to.
pub(super) fn find(path: &[String]) -> Found {
    let leads = |key: &&Key| {
        let mut names = key.name.split('.');
        path.iter().all(|part| names.next().is_some_and(|name| name == "*" || name == part))
    };
    let exact = |key: &&Key| key.name.split('.').count() == path.len();
    match KEYS.iter().filter(leads).find(exact) {
        Some(key) => Found::Key(key),
        None if KEYS.iter().any(|key| leads(&key)) => Found::Table,
        None => Found::Nothing,
    }
}

/// The names that may stand in a table.
pub(super) fn names_in(table: &[String]) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for key in KEYS {
        let parts: Vec<&str> = key.name.split('.').collect();
        let inside = parts.len() > table.len()
            && table.iter().zip(&parts).all(|(part, name)| *name == "*" || name == part);
        if let Some(name) = parts.get(table.len()).filter(|name| inside && !names.contains(name)) {
            names.push(name);
        }
    }
    names
}

impl Kind {
    /// The value, if it is of this kind. The system's own stores have no flags and no lists of numbers: `loose`
    /// takes 0 and 1 for a flag, texts of digits for numbers, and a text of TOML for a rule.
    pub(super) fn check(self, value: &Value, loose: bool) -> Result<Value, &'static str> {
        let fits = match self {
            Self::Text => return text(value).map(Value::from),
            Self::Flag if loose && value.as_u64().is_some_and(|number| number < 2) => {
                return Ok(Value::Bool(value.as_u64() == Some(1)));
            }
            Self::Flag => value.is_boolean(),
            Self::Count => value.is_u64(),
            Self::Texts => return list(value, |item| text(item).map(Value::from)),
            Self::Counts => {
                return list(value, |item| number(item, loose).ok_or("has something that is not a number"));
            }
            Self::Rule if loose && value.is_string() => {
                return value.as_str().and_then(rule_of).ok_or("is not a rule as it is written in TOML");
            }
            Self::Rule => value.is_object(),
            Self::Named => return named(value),
        };
        if fits { Ok(value.clone()) } else { Err(self.refusal()) }
    }

    fn refusal(self) -> &'static str {
        match self {
            Self::Text => "is not a text in quotes",
            Self::Flag => "is neither `true` nor `false`",
            Self::Count => "is not a number",
            Self::Texts | Self::Counts => "is not a list in brackets",
            Self::Rule | Self::Named => "is not a table in braces",
        }
    }
}

fn list(value: &Value, item: impl Fn(&Value) -> Result<Value, &'static str>) -> Result<Value, &'static str> {
    let items = value.as_array().ok_or(Kind::Texts.refusal())?;
    items.iter().map(item).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn named(value: &Value) -> Result<Value, &'static str> {
    let table = value.as_object().ok_or(Kind::Named.refusal())?;
    match table.values().map(text).find_map(Result::err) {
        None => Ok(value.clone()),
        Some(_) => Err("has a value that is not a text in quotes, is empty, or has control characters"),
    }
}

fn text(value: &Value) -> Result<&str, &'static str> {
    match value.as_str() {
        None => Err(Kind::Text.refusal()),
        Some(text) if text.trim().is_empty() => Err("is empty"),
        Some(text) if text.chars().any(char::is_control) => Err("has control characters"),
        Some(text) => Ok(text),
    }
}

/// A rule that is one text, for stores that cannot nest lists.
fn rule_of(text: &str) -> Option<Value> {
    let rule = toml::from_str::<Map<String, Value>>(&format!("rule = {text}")).ok()?.remove("rule")?;
    rule.is_object().then_some(rule)
}

fn number(value: &Value, loose: bool) -> Option<Value> {
    let digits = value.as_str().filter(|_| loose).and_then(|text| text.parse().ok());
    value.as_u64().or(digits).map(Value::from)
}
