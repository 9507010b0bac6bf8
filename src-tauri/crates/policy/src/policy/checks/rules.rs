//! Checks of single rules: lists that are empty, tags that cannot be, demands that demand nothing.

use image_ref::{Reference, Repository};

use super::Checked;
use crate::document::{DenyRule, Document, Effect, Extensible, RegistryRule};
use crate::refusal::Refusal;

const LONGEST_TAG: usize = 128;
const LONGEST_TEXT: usize = 500;

/// Checks every rule.
pub(super) fn check(document: &Document) -> Checked {
    let registries = document.registries.iter().flat_map(|section| &section.entries);
    for (at, entry) in registries.enumerate() {
        not_empty(format!("/registries/entries/{at}/paths"), entry.paths.as_ref())?;
        check_line(format!("/registries/entries/{at}/name"), entry.name.as_ref())?;
        place(&format!("/registries/entries/{at}/instead"), entry)?;
    }
    for (at, rule) in document.deny.iter().enumerate() {
        check_line(format!("/deny/{at}/reason"), rule.reason.as_ref())?;
        image(&format!("/deny/{at}/instead"), rule)?;
        check_line(format!("/deny/{at}/ref"), rule.reference.as_ref())?;
    }
    for (at, rule) in document.allow.iter().enumerate() {
        tags(&format!("/allow/{at}/tags"), rule.tags.as_ref())?;
        not_empty(format!("/allow/{at}/groups"), rule.groups.as_ref())?;
        check_line(format!("/allow/{at}/reason"), rule.reason.as_ref())?;
        check_line(format!("/allow/{at}/by"), rule.by.as_ref())?;
    }
    pins(document)?;
    exemptions(document)
}

/// What a deny rule names in place of what it blocks: an image, and none of its own.
fn image(path: &str, rule: &DenyRule) -> Checked {
    let Some(instead) = &rule.instead else { return Ok(()) };
    let named = Reference::parse(instead);
    let named = named.map_err(|error| Refusal::at(path, format!("`{instead}` names no image: {error}")))?;
    if rule.matches.matches(named.repository()) {
        let problem = format!("`{instead}` is blocked by this rule itself; name another image");
        return Err(Refusal::at(path, problem));
    }
    Ok(())
}

/// Where a registry rule sends people whose image it stops: a registry or a part of one, and not the same.
fn place(path: &str, rule: &RegistryRule) -> Checked {
    let Some(instead) = &rule.instead else { return Ok(()) };
    if rule.action == Extensible::Known(Effect::Allow) {
        let problem = "this entry stops nothing, so nothing is used instead; write it beside `block`";
        return Err(Refusal::at(path, problem));
    }
    let problem = |why: String| {
        let what = format!("`{instead}` is no place of images: {why}; write `registry.acme.example/quay`");
        Refusal::at(path, what)
    };
    let named = Repository::parse(&format!("{instead}/any")).map_err(|error| problem(error.to_string()))?;
    if rule.paths.is_none() && rule.host.matches(named.registry()) {
        return Err(problem("it is in the registry that this entry stops".to_owned()));
    }
    Ok(())
}

fn pins(document: &Document) -> Checked {
    for (at, pin) in document.pins.iter().enumerate() {
        tags(&format!("/pins/{at}/forbidTags"), pin.forbid_tags.as_ref())?;
        not_empty(format!("/pins/{at}/digests"), pin.digests.as_ref())?;
        if pin.require.is_none() && pin.forbid_tags.is_none() && pin.digests.is_none() {
            let problem = "a pin that demands nothing; write `require`, `forbidTags` or `digests`";
            return Err(Refusal::at(format!("/pins/{at}"), problem));
        }
    }
    Ok(())
}

fn exemptions(document: &Document) -> Checked {
    for (at, exemption) in document.exemptions.iter().enumerate() {
        let path = format!("/exemptions/{at}");
        if exemption.hub_role.is_some() == exemption.group.is_some() {
            return Err(Refusal::at(
                path,
                "write either `hubRole` or `group`, for two exemptions two entries",
            ));
        }
        check_line(format!("{path}/reason"), exemption.reason.as_ref())?;
    }
    Ok(())
}

fn not_empty<T>(path: String, list: Option<&Vec<T>>) -> Checked {
    if list.is_some_and(Vec::is_empty) {
        return Err(Refusal::at(
            path,
            "the list is empty, so the rule holds for nothing; fill it or leave it out",
        ));
    }
    Ok(())
}

fn tags(path: &str, list: Option<&Vec<String>>) -> Checked {
    not_empty(path.to_owned(), list)?;
    for (at, tag) in list.into_iter().flatten().enumerate() {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'*');
        if tag.is_empty() || tag.len() > LONGEST_TAG || !tag.bytes().all(known) {
            let problem =
                "no pattern over tags; write letters, digits, `.`, `_`, `-`, and `*` for any run of them";
            return Err(Refusal::at(format!("{path}/{at}"), problem));
        }
    }
    Ok(())
}

/// Checks words that people will read: one line of at most 500 characters. A refusal names `path`, a JSON pointer.
pub fn check_line(path: String, text: Option<&String>) -> Result<(), Refusal> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().any(char::is_control) {
        return Err(Refusal::at(
            path,
            "the text has a line break or another control character; write one line",
        ));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(Refusal::at(
            path,
            format!("the text has more than {LONGEST_TEXT} characters; shorten it"),
        ));
    }
    Ok(())
}
