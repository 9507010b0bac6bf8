//! A policy document in words: what is allowed, recorded and blocked, which exceptions end, what else is asked for.

use policy::{AllowRule, Class, Document, Effect, Mode, Pin, PinRequirement, Registries, Word};

use super::text::one_line;
use super::{View, words};

/// The rules of a document, grouped.
pub(super) fn rules(document: &Document, view: &View) -> String {
    let mut groups = Groups::default();
    document.deny.iter().for_each(|rule| {
        groups.blocked.push(with_reason(rule.matches.to_string(), rule.reason.as_ref()));
    });
    if hub_is_open(document.registries.as_ref()) {
        classes(document, &mut groups);
    }
    registries(document.registries.as_ref(), &mut groups);
    document.allow.iter().for_each(|rule| allow(rule, view, &mut groups));
    document.exemptions.iter().for_each(|rule| {
        let group = rule.group.iter().map(|name| format!("the group {name}"));
        let role = rule.hub_role.iter().map(|name| format!("the role {name} on Docker Hub"));
        let who = group.chain(role).collect::<Vec<_>>().join(" and ");
        let text = with_reason(format!("every image, for {who}"), rule.reason.as_ref());
        groups.until(text, rule.expires.map(|end| view.date(end)));
    });
    document.pins.iter().for_each(|pin| groups.asked.push(demands(pin)));
    document.push.entries.iter().for_each(|rule| {
        groups.of(rule.action.or(Effect::Block)).push(format!("pushes to {}", rule.matches));
    });
    if document.push.default != Word::Known(Effect::Allow) {
        groups.of(document.push.default.or(Effect::Block)).push("every other push".to_owned());
    }
    let audit = document.mode == Word::Known(Mode::Audit);
    let opening = if audit { "Nothing is blocked: what would be is recorded\n\n" } else { "" };
    format!("{opening}{}", groups.text(if audit { "Would be blocked" } else { "Blocked" }))
}

#[derive(Default)]
struct Groups {
    allowed: Vec<String>,
    recorded: Vec<String>,
    blocked: Vec<String>,
    ending: Vec<String>,
    asked: Vec<String>,
}

impl Groups {
    fn of(&mut self, effect: Effect) -> &mut Vec<String> {
        match effect {
            Effect::Allow => &mut self.allowed,
            Effect::Audit => &mut self.recorded,
            Effect::Block => &mut self.blocked,
        }
    }

    fn until(&mut self, text: String, end: Option<String>) {
        match end {
            Some(end) => self.ending.push(format!("{text} (until {end})")),
            None => self.allowed.push(text),
        }
    }

    fn text(self, blocked: &str) -> String {
        let groups = [
            ("Allowed", self.allowed),
            ("Allowed, and recorded", self.recorded),
            (blocked, self.blocked),
            ("Exceptions that end", self.ending),
            ("Required of tags and digests", self.asked),
        ];
        let filled = groups.into_iter().filter(|(_, lines)| !lines.is_empty());
        let group = |(name, lines): (&str, Vec<String>)| {
            format!(
                "{name}\n{}",
                lines.iter().map(|line| format!("  {}\n", one_line(line))).collect::<String>()
            )
        };
        filled.map(group).collect::<Vec<_>>().join("\n")
    }
}

/// Whether the classes of Docker Hub are asked for at all.
fn hub_is_open(section: Option<&Registries>) -> bool {
    let Some(section) = section else { return true };
    let hub = section.entries.iter().find(|rule| rule.host.to_string() == "docker.io");
    hub.map_or(&section.default, |rule| &rule.action).or(Effect::Block) != Effect::Block
}

fn classes(document: &Document, groups: &mut Groups) {
    for class in Class::ALL {
        let effect = document.hub.classes.of(class).map_or(Effect::Block, |word| word.or(Effect::Block));
        let names = document.hub.organizations.join(", ");
        let what = match class {
            Class::Organization if names.is_empty() => continue,
            Class::Organization => format!("{} ({names})", words::classes(class)),
            Class::Official | Class::VerifiedPublisher | Class::SponsoredOss | Class::Community => {
                words::classes(class).to_owned()
            }
        };
        groups.of(effect).push(format!("{what} on Docker Hub"));
    }
}

/// An allowed Docker Hub is not said, since its classes are.
fn registries(section: Option<&Registries>, groups: &mut Groups) {
    let Some(section) = section else {
        return groups.blocked.push("every registry but Docker Hub".to_owned());
    };
    for rule in &section.entries {
        let host = rule.host.to_string();
        let effect = rule.action.or(Effect::Block);
        if host == "docker.io" && effect == Effect::Allow && rule.paths.is_none() {
            continue;
        }
        let paths = rule.paths.iter().map(|paths| format!(": {}", paths.join(", ")));
        groups.of(effect).push(format!("{host}{}", paths.collect::<String>()));
    }
    groups.of(section.default.or(Effect::Block)).push("every other registry".to_owned());
}

fn allow(rule: &AllowRule, view: &View, groups: &mut Groups) {
    let tags = rule.tags.iter().map(|tags| format!(" with tags {}", tags.join(", "))).collect::<String>();
    let people =
        rule.groups.iter().map(|names| format!(" for the groups {}", names.join(", "))).collect::<String>();
    let text = with_reason(format!("{}{tags}{people}", rule.matches), rule.reason.as_ref());
    groups.until(text, rule.expires.map(|end| view.date(end)));
}

fn demands(pin: &Pin) -> String {
    let mut demands = Vec::new();
    match &pin.require {
        Some(Word::Known(PinRequirement::Tag)) => demands.push("a version tag or a digest".to_owned()),
        Some(Word::Known(PinRequirement::Digest)) => demands.push("a digest".to_owned()),
        Some(Word::Unknown(word)) => demands.push(format!("`{word}`")),
        None => {}
    }
    demands.extend(pin.forbid_tags.iter().map(|tags| format!("no tag {}", tags.join(", "))));
    demands.extend(pin.digests.iter().map(|digests| format!("one of {} listed digests", digests.len())));
    format!("{}: {}", pin.matches, demands.join("; "))
}

fn with_reason(text: String, reason: Option<&String>) -> String {
    match reason {
        Some(reason) => format!("{text} · {reason}"),
        None => text,
    }
}
