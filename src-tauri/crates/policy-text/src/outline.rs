//! A policy document in words, grouped by what its rules come to.

mod rules;

use std::collections::BTreeMap;

use jiff::Timestamp;

use policy::{Document, Extensible, Mode};

/// What a document comes to, in words.
pub fn outline(document: &Document) -> Outline {
    let mut groups: BTreeMap<GroupKind, Vec<Line>> = BTreeMap::new();
    for (kind, line) in rules::lines(document) {
        groups.entry(kind).or_default().push(line);
    }
    Outline {
        audit: document.mode == Extensible::Known(Mode::Audit),
        groups: groups.into_iter().map(|(kind, lines)| Group { kind, lines }).collect(),
    }
}

/// A document in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Whether the document only records.
    pub audit: bool,
    /// Its rules, in the order of [`GroupKind`]; no group is empty.
    pub groups: Vec<Group>,
}

impl Outline {
    /// What holds for all of it, where something does.
    pub fn opening(&self) -> Option<&'static str> {
        self.audit.then_some("Nothing is blocked: what would be is recorded")
    }
}

/// Rules that come to the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they come to.
    pub kind: GroupKind,
    /// The rules, in the order in which people read them.
    pub lines: Vec<Line>,
}

/// What rules come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKind {
    /// Images pass.
    Allowed,
    /// Images pass and are recorded.
    Recorded,
    /// Images stop.
    Blocked,
    /// Images pass until a day that is known.
    Ending,
    /// Images pass by some tags and digests only.
    Required,
}

impl GroupKind {
    /// What stands over the group, in a document that enforces and in one that only records.
    pub fn heading(self, audit: bool) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::Recorded => "Allowed, and recorded",
            Self::Blocked if audit => "Would be blocked",
            Self::Blocked => "Blocked",
            Self::Ending => "Exceptions that end",
            Self::Required => "Versions",
        }
    }
}

/// One rule on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about, with its author's reason.
    pub text: String,
    /// When it ends.
    pub until: Option<Timestamp>,
}

#[cfg(test)]
mod tests;
