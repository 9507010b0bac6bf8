//! The rule of an enrollment that says who belongs to the organization.

use std::fmt;

use serde::Deserialize;

const DEEPEST: usize = 4;
const MOST: usize = 64;
const LONGEST: usize = 256;

/// Who belongs to the organization: `{ claim = "groups", contains = "engineering" }`, with `equals` and `has-key`
/// as the other tests, and `all = [ … ]` and `any = [ … ]` around them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Rule(Node);

impl Rule {
    /// The claims that are judged.
    pub fn claims(&self) -> Vec<&str> {
        self.0.claims()
    }

    pub(super) fn node(&self) -> &Node {
        &self.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Test { claim: String, test: Test },
    All(Vec<Node>),
    Any(Vec<Node>),
}

impl Node {
    fn claims(&self) -> Vec<&str> {
        match self {
            Self::Test { claim, .. } => vec![claim],
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().flat_map(Self::claims).collect(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Equals(String),
    Contains(String),
    HasKey(String),
}

impl Test {
    pub(super) fn holds(&self, values: &[String]) -> bool {
        match self {
            Self::Equals(wanted) => matches!(values, [only] if is(only, wanted)),
            Self::Contains(wanted) | Self::HasKey(wanted) => values.iter().any(|value| is(value, wanted)),
        }
    }
}

fn is(value: &str, wanted: &str) -> bool {
    value == wanted || value.strip_prefix('/') == Some(wanted)
}

/// A rule that means nothing, or more than one thing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place} {flaw}")]
pub struct RuleError {
    /// Where: "the rule", or `all[1]`.
    pub place: String,
    /// What is wrong there, and what to write instead.
    pub flaw: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    claim: Option<String>,
    equals: Option<String>,
    contains: Option<String>,
    has_key: Option<String>,
    all: Option<Vec<Written>>,
    any: Option<Vec<Written>>,
}

impl TryFrom<Written> for Rule {
    type Error = RuleError;

    fn try_from(written: Written) -> Result<Self, RuleError> {
        node(written, "", 1).map(Self)
    }
}

fn node(written: Written, place: &str, depth: usize) -> Result<Node, RuleError> {
    let refuse = |flaw: &str| Err(refusal(place, flaw));
    if depth > DEEPEST {
        return refuse("is nested more than four deep; write it flatter");
    }
    let Written { claim, equals, contains, has_key, all, any } = written;
    let tests: Vec<Test> =
        [equals.map(Test::Equals), contains.map(Test::Contains), has_key.map(Test::HasKey)]
            .into_iter()
            .flatten()
            .collect();
    match (claim, tests.as_slice(), all, any) {
        (Some(claim), [test], None, None) => leaf(claim, test.clone(), place),
        (None, [], Some(all), None) => group(all, place, "all", depth).map(Node::All),
        (None, [], None, Some(any)) => group(any, place, "any", depth).map(Node::Any),
        (None, [], None, None) => refuse("is empty; give it a `claim` with a test, or `all` or `any`"),
        (None, [], Some(_), Some(_)) => refuse("has both `all` and `any`; put one inside the other"),
        (None, [_, ..], None, None) => refuse("has a test without a `claim`; name the claim"),
        (Some(_), [], None, None) => refuse("has no test; add `equals`, `contains` or `has-key`"),
        (Some(_), [_, _, ..], None, None) => refuse("has more than one test; put each into `all` or `any`"),
        (_, _, Some(_), _) | (_, _, _, Some(_)) => {
            refuse("mixes a test with `all` or `any`; move the test into the list")
        }
    }
}

fn leaf(claim: String, test: Test, place: &str) -> Result<Node, RuleError> {
    let (Test::Equals(value) | Test::Contains(value) | Test::HasKey(value)) = &test;
    for (name, text) in [("claim", &claim), ("value", value)] {
        if text.trim().is_empty() {
            return Err(refusal(place, &format!("has an empty {name}; nothing is ever equal to it")));
        }
        if text.len() > LONGEST {
            return Err(refusal(place, &format!("has a {name} of more than {LONGEST} bytes; shorten it")));
        }
    }
    Ok(Node::Test { claim, test })
}

fn group(written: Vec<Written>, place: &str, name: &str, depth: usize) -> Result<Vec<Node>, RuleError> {
    let place = if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    if written.is_empty() {
        return Err(refusal(&place, "is an empty list; put at least one test into it"));
    }
    if written.len() > MOST {
        return Err(refusal(&place, &format!("has more than {MOST} entries; shorten it")));
    }
    let numbered = written.into_iter().enumerate();
    numbered.map(|(index, entry)| node(entry, &format!("{place}[{index}]"), depth + 1)).collect()
}

fn refusal(place: &str, flaw: &str) -> RuleError {
    let place = if place.is_empty() { "the rule".to_owned() } else { format!("`{place}`") };
    RuleError { place, flaw: flaw.to_owned() }
}

/// What is required, for people: "`groups` to contain `engineering`".
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_node(&self.0, f, false)
    }
}

fn write_node(node: &Node, f: &mut fmt::Formatter<'_>, inside: bool) -> fmt::Result {
    match node {
        Node::Test { claim, test } => match test {
            Test::Equals(value) => write!(f, "`{claim}` to be `{value}`"),
            Test::Contains(value) => write!(f, "`{claim}` to contain `{value}`"),
            Test::HasKey(value) => write!(f, "`{claim}` to have `{value}`"),
        },
        Node::All(nodes) => write_list(nodes, " and ", f, inside),
        Node::Any(nodes) => write_list(nodes, " or ", f, inside),
    }
}

fn write_list(nodes: &[Node], between: &str, f: &mut fmt::Formatter<'_>, inside: bool) -> fmt::Result {
    let grouped = inside && nodes.len() > 1;
    f.write_str(if grouped { "(" } else { "" })?;
    for (index, node) in nodes.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { between })?;
        write_node(node, f, true)?;
    }
    f.write_str(if grouped { ")" } else { "" })
}
