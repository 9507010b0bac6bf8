//! Words that are not in the vocabulary: a typing error in a known version, a warning in a later one.

use std::fmt::Display;

use serde::de::DeserializeOwned;

use super::Checked;
use crate::document::{Document, Extensible};
use crate::refusal::{Refusal, Warning};

struct Walk<'a> {
    newer: bool,
    warnings: &'a mut Vec<Warning>,
}

impl Walk<'_> {
    fn word<E: DeserializeOwned>(
        &mut self,
        path: impl Display,
        word: &Extensible<E>,
        meaning: &str,
    ) -> Checked {
        match word.problem() {
            None => Ok(()),
            Some(problem) if self.newer => {
                let message =
                    format!("agent older than policy: {problem}; until Pullgate is updated, {meaning}");
                self.warnings.push(Warning::at(path.to_string(), message));
                Ok(())
            }
            Some(problem) => Err(Refusal::at(path.to_string(), problem)),
        }
    }
}

const BLOCKS: &str = "this rule blocks";

/// Checks every word of the document.
pub(super) fn check(document: &Document, newer: bool, warnings: &mut Vec<Warning>) -> Checked {
    let mut walk = Walk { newer, warnings };
    walk.word("/onStale", &document.on_stale, "a policy that is too old blocks")?;
    walk.word("/mode", &document.mode, "rules are enforced")?;
    walk.word("/digestOnly", &document.digest_only, BLOCKS)?;
    hub(document, &mut walk)?;
    places(document, &mut walk)?;
    for (at, pin) in document.pins.iter().enumerate() {
        walk.word(format!("/pins/{at}/mode"), &pin.mode, "this pin is enforced")?;
        if let Some(require) = &pin.require {
            walk.word(format!("/pins/{at}/require"), require, BLOCKS)?;
        }
    }
    for (at, upstream) in document.upstreams.iter().enumerate() {
        walk.word(format!("/upstreams/{at}/fallback"), &upstream.fallback, "there is no fallback")?;
    }
    for (at, class) in document.self_service.classes.iter().enumerate() {
        walk.word(format!("/selfService/classes/{at}"), class, "it is left out")?;
    }
    match &document.reporting {
        Some(reporting) => walk.word("/reporting/events", &reporting.events, "blocked ones are reported"),
        None => Ok(()),
    }
}

fn hub(document: &Document, walk: &mut Walk<'_>) -> Checked {
    walk.word("/hub/unknown", &document.hub.unknown, "unknown namespaces are community")?;
    for class in crate::Class::ALL {
        if let Some(effect) = document.hub.classes.of(class) {
            walk.word(format!("/hub/classes/{}", class.key()), effect, BLOCKS)?;
        }
    }
    Ok(())
}

fn places(document: &Document, walk: &mut Walk<'_>) -> Checked {
    if let Some(registries) = &document.registries {
        walk.word("/registries/default", &registries.default, BLOCKS)?;
        walk.word("/registries/loopback", &registries.loopback, "such registries are recorded")?;
        for (at, entry) in registries.entries.iter().enumerate() {
            walk.word(format!("/registries/entries/{at}/action"), &entry.action, BLOCKS)?;
        }
    }
    walk.word("/push/default", &document.push.default, BLOCKS)?;
    for (at, entry) in document.push.entries.iter().enumerate() {
        walk.word(format!("/push/entries/{at}/action"), &entry.action, BLOCKS)?;
    }
    Ok(())
}
