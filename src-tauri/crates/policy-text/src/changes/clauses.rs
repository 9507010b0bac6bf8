//! Parts of the line, and how they are shortened until it fits.

use std::collections::BTreeMap;

/// The most characters of the line: what a notification shows.
const LONGEST: usize = 140;

/// One part of the line.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    text: String,
    /// What several such parts are called together, where they can be.
    kind: Option<&'static str>,
}

impl Clause {
    /// A part that stands for itself.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: None }
    }

    /// A part that can be counted with its like: `registries`.
    pub(super) fn new(text: String, kind: &'static str) -> Self {
        Self { text, kind: Some(kind) }
    }
}

/// The parts in one line: as they are, else those of a kind counted, else as many as fit.
pub(super) fn joined(clauses: &[Clause]) -> Option<String> {
    if clauses.is_empty() {
        return None;
    }
    let whole: Vec<String> = clauses.iter().map(|clause| clause.text.clone()).collect();
    let whole = whole.join(", ");
    if fits(&whole) { Some(whole) } else { Some(cut(&counted(clauses))) }
}

fn fits(line: &str) -> bool {
    line.chars().count() <= LONGEST
}

fn counted(clauses: &[Clause]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kind in clauses.iter().filter_map(|clause| clause.kind) {
        *counts.entry(kind).or_default() += 1;
    }
    let mut said = Vec::new();
    for clause in clauses {
        match clause.kind.map(|kind| (kind, counts.remove(kind))) {
            None | Some((_, Some(1))) => said.push(clause.text.clone()),
            Some((kind, Some(count))) => said.push(format!("{count} {kind} have other rules")),
            Some((_, None)) => {}
        }
    }
    said
}

fn cut(parts: &[String]) -> String {
    const MORE: &str = "more has changed";
    for count in (1..=parts.len()).rev() {
        let mut shown = parts.get(..count).unwrap_or_default().to_vec();
        if count < parts.len() {
            shown.push(MORE.to_owned());
        }
        let line = shown.join(", ");
        if fits(&line) {
            return line;
        }
    }
    "many rules have changed".to_owned()
}
