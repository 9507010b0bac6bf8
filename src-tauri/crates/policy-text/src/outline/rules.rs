//! One line for each rule, and the group that it belongs to.

use jiff::Timestamp;
use policy::{
    AllowRule, Class, DenyRule, Document, Effect, Exemption, Extensible, Hub, Pin, PinRequirement, Push,
    PushRule, Registries, RegistryRule,
};

use super::{GroupKind, Line};
use crate::render::one_line;

type Said = (GroupKind, Line);

/// Every rule, in the order in which people read them.
pub(super) fn lines(document: &Document) -> Vec<Said> {
    let mut lines: Vec<Said> = document.deny.iter().map(denied).collect();
    if hub_is_open(document.registries.as_ref()) {
        lines.extend(classes(&document.hub));
    }
    lines.extend(registries(document.registries.as_ref()));
    lines.extend(document.allow.iter().map(allowed));
    lines.extend(document.exemptions.iter().map(exempt));
    lines.extend(document.pins.iter().map(required));
    lines.extend(pushes(&document.push));
    lines
}

fn denied(rule: &DenyRule) -> Said {
    let text = with_reason(rule.matches.to_string(), rule.reason.as_ref());
    said(GroupKind::Blocked, &with_instead(text, rule.instead.as_ref()))
}

/// Whether the classes of Docker Hub are asked for at all.
fn hub_is_open(section: Option<&Registries>) -> bool {
    let Some(section) = section else { return true };
    let hub = section.entries.iter().find(|rule| rule.host.to_string() == "docker.io");
    hub.map_or(&section.default, |rule| &rule.action).or(Effect::Block) != Effect::Block
}

fn classes(hub: &Hub) -> impl Iterator<Item = Said> {
    let is_said = |class: &Class| *class != Class::Organization || !hub.organizations.is_empty();
    let names = format!(" ({})", hub.organizations.join(", "));
    Class::ALL.into_iter().filter(is_said).map(move |class| {
        let names = if class == Class::Organization { names.as_str() } else { "" };
        let kind = hub.classes.of(class).map_or(GroupKind::Blocked, of);
        said(kind, &format!("{}{names} on Docker Hub", class.plural()))
    })
}

fn registries(section: Option<&Registries>) -> Vec<Said> {
    let Some(section) = section else {
        return vec![said(GroupKind::Blocked, "every registry but Docker Hub")];
    };
    let mut lines: Vec<Said> = section.entries.iter().filter_map(registry).collect();
    lines.push(said(of(&section.default), "every other registry"));
    lines
}

/// An allowed Docker Hub is not said, since its classes are.
fn registry(rule: &RegistryRule) -> Option<Said> {
    let (host, kind) = (rule.host.to_string(), of(&rule.action));
    if host == "docker.io" && kind == GroupKind::Allowed && rule.paths.is_none() {
        return None;
    }
    let paths = rule.paths.as_ref().map(|paths| format!(": {}", paths.join(", "))).unwrap_or_default();
    Some(said(kind, &with_instead(format!("{host}{paths}"), rule.instead.as_ref())))
}

fn allowed(rule: &AllowRule) -> Said {
    let listed = |what: &str, names: Option<&Vec<String>>| {
        names.map(|names| format!(" {what} {}", names.join(", "))).unwrap_or_default()
    };
    let tags = listed("with tags", rule.tags.as_ref());
    let people = listed("for the groups", rule.groups.as_ref());
    passing(with_reason(format!("{}{tags}{people}", rule.matches), rule.reason.as_ref()), rule.expires)
}

fn exempt(rule: &Exemption) -> Said {
    let group = rule.group.iter().map(|name| format!("the group {name}"));
    let role = rule.hub_role.iter().map(|name| format!("the role {name} on Docker Hub"));
    let who = group.chain(role).collect::<Vec<_>>().join(" and ");
    passing(with_reason(format!("every image, for {who}"), rule.reason.as_ref()), rule.expires)
}

fn required(pin: &Pin) -> Said {
    let mut demands = Vec::new();
    match &pin.require {
        Some(Extensible::Known(PinRequirement::Tag)) => demands.push("a version tag or a digest".to_owned()),
        Some(Extensible::Known(PinRequirement::Digest)) => demands.push("a digest".to_owned()),
        Some(Extensible::Unknown(word)) => demands.push(format!("`{word}`")),
        None => {}
    }
    demands.extend(pin.forbid_tags.iter().map(|tags| format!("no tag {}", tags.join(", "))));
    demands.extend(pin.digests.iter().map(|digests| match digests.len() {
        1 => "the listed digest".to_owned(),
        count => format!("one of {count} listed digests"),
    }));
    said(GroupKind::Required, &format!("{}: {}", pin.matches, demands.join("; ")))
}

/// That every push passes is not said.
fn pushes(push: &Push) -> Vec<Said> {
    let entry = |rule: &PushRule| said(of(&rule.action), &format!("pushes to {}", rule.matches));
    let mut lines: Vec<Said> = push.entries.iter().map(entry).collect();
    if push.default != Extensible::Known(Effect::Allow) {
        lines.push(said(of(&push.default), "every other push"));
    }
    lines
}

/// The group of an effect; a word of a later version blocks.
fn of(effect: &Extensible<Effect>) -> GroupKind {
    match effect.or(Effect::Block) {
        Effect::Allow => GroupKind::Allowed,
        Effect::Audit => GroupKind::Recorded,
        Effect::Block => GroupKind::Blocked,
    }
}

fn said(kind: GroupKind, text: &str) -> Said {
    (kind, Line { text: one_line(text), until: None })
}

/// What passes, for good or until its end.
fn passing(text: String, until: Option<Timestamp>) -> Said {
    let kind = if until.is_some() { GroupKind::Ending } else { GroupKind::Allowed };
    (kind, Line { text: one_line(&text), until })
}

fn with_reason(text: String, reason: Option<&String>) -> String {
    match reason {
        Some(reason) => format!("{text} · {reason}"),
        None => text,
    }
}

fn with_instead(text: String, instead: Option<&String>) -> String {
    match instead {
        Some(instead) => format!("{text} · instead: {instead}"),
        None => text,
    }
}
