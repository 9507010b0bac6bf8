//! What the types of the document cannot say: each refusal names the place and what to do.

mod in_force;
mod rules;
mod settings;
mod vocabulary;
mod warnings;

use std::collections::BTreeSet;

use image_ref::{Registry, Repository};

use crate::Class;
use crate::document::Document;
use crate::refusal::{Refusal, Warning};

pub use rules::check_line;
pub(super) use warnings::after;

type Checked = Result<(), Refusal>;

/// Checks a document that was read.
pub(super) fn check(
    document: &Document,
    newer: bool,
    organization: &str,
    warnings: &mut Vec<Warning>,
) -> Checked {
    is_ours(document, organization)?;
    vocabulary::check(document, newer, warnings)?;
    if newer {
        let message = format!(
            "agent older than policy: this is a version {} document; update Pullgate",
            document.schema
        );
        warnings.push(Warning::at("/schema", message));
    }
    is_not_empty(document)?;
    namespaces(document)?;
    ids(document)?;
    rules::check(document)?;
    settings::check(document)
}

fn is_ours(document: &Document, organization: &str) -> Checked {
    if document.organization == organization {
        return Ok(());
    }
    let problem = format!(
        "this policy is for `{}`, and this machine is enrolled with `{organization}`; publish the right one, or \
         enroll the machine again",
        document.organization
    );
    Err(Refusal::at("/organization", problem))
}

fn is_not_empty(document: &Document) -> Checked {
    let classes = &document.hub.classes;
    let says_something = Class::ALL.iter().any(|class| classes.of(*class).is_some())
        || document.registries.is_some()
        || !document.deny.is_empty()
        || !document.allow.is_empty();
    if says_something {
        return Ok(());
    }
    Err(Refusal::at("/", "the policy has no rules and would block everything; write at least `hub.classes`"))
}

fn namespaces(document: &Document) -> Checked {
    for (at, name) in document.hub.organizations.iter().enumerate() {
        let path = format!("/hub/organizations/{at}");
        if name == "library" {
            return Err(Refusal::at(
                path,
                "`library` holds the Docker Official Images and is nobody's namespace",
            ));
        }
        let parsed = Repository::new(Registry::docker_hub(), &format!("{name}/any"));
        if parsed.is_err() || name.contains('/') {
            let problem =
                "no namespace of Docker Hub; write a name in lower case without `/`, such as `acme`";
            return Err(Refusal::at(path, problem));
        }
    }
    Ok(())
}

/// The ids of rules with their places.
fn named(document: &Document) -> impl Iterator<Item = (String, &String)> {
    fn of<'a, T: 'a>(
        section: &'static str,
        rules: &'a [T],
        id: fn(&'a T) -> Option<&'a String>,
    ) -> impl Iterator<Item = (String, &'a String)> {
        let placed = move |(at, rule)| id(rule).map(|id| (format!("/{section}/{at}/id"), id));
        rules.iter().enumerate().filter_map(placed)
    }
    let entries = document.registries.as_ref().map_or(&[][..], |section| section.entries.as_slice());
    of("registries/entries", entries, |rule| rule.id.as_ref())
        .chain(of("push/entries", &document.push.entries, |rule| rule.id.as_ref()))
        .chain(of("deny", &document.deny, |rule| rule.id.as_ref()))
        .chain(of("allow", &document.allow, |rule| rule.id.as_ref()))
        .chain(of("pins", &document.pins, |rule| rule.id.as_ref()))
        .chain(of("exemptions", &document.exemptions, |rule| rule.id.as_ref()))
}

/// Names that verdicts give to rules without an id of their own.
const RESERVED: [&str; 6] =
    ["registries.default", "registries.loopback", "push.default", "onStale", "signIn", "pause"];

fn is_reserved(id: &str) -> bool {
    RESERVED.contains(&id)
        || ["grant", "policy"].contains(&id)
        || Class::ALL.iter().any(|class| class.key() == id)
}

fn ids(document: &Document) -> Checked {
    let mut seen = BTreeSet::new();
    for (path, id) in named(document) {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if id.is_empty() || id.len() > 64 || !id.bytes().all(letters) {
            let problem = "no good id; write 1 to 64 letters, digits, `.`, `_` or `-`";
            return Err(Refusal::at(path, problem));
        }
        if is_reserved(id) {
            return Err(Refusal::at(
                path,
                format!("`{id}` is what Pullgate calls a rule of its own; choose another"),
            ));
        }
        if !seen.insert(id) {
            return Err(Refusal::at(
                path,
                format!("`{id}` is the id of two rules; verdicts name rules by it"),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
