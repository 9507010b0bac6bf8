//! Every key of an enrollment: what its value is, and who may say it.

use serde_json::Value;

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
    /// takes 0 and 1 for a flag, and texts of digits for numbers.
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
            Self::Rule => value.is_object(),
        };
        if fits { Ok(value.clone()) } else { Err(self.refusal()) }
    }

    fn refusal(self) -> &'static str {
        match self {
            Self::Text => "is not a text in quotes",
            Self::Flag => "is neither `true` nor `false`",
            Self::Count => "is not a number",
            Self::Texts | Self::Counts => "is not a list in brackets",
            Self::Rule => "is not a table in braces",
        }
    }
}

fn list(value: &Value, item: impl Fn(&Value) -> Result<Value, &'static str>) -> Result<Value, &'static str> {
    let items = value.as_array().ok_or(Kind::Texts.refusal())?;
    items.iter().map(item).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn text(value: &Value) -> Result<&str, &'static str> {
    match value.as_str() {
        None => Err(Kind::Text.refusal()),
        Some(text) if text.trim().is_empty() => Err("is empty"),
        Some(text) if text.chars().any(char::is_control) => Err("has control characters"),
        Some(text) => Ok(text),
    }
}

fn number(value: &Value, loose: bool) -> Option<Value> {
    let digits = value.as_str().filter(|_| loose).and_then(|text| text.parse().ok());
    value.as_u64().or(digits).map(Value::from)
}
