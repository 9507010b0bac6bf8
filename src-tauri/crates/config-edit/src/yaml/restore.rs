//! Taking our part out of a document again, key by key.

use super::{Body, Document, Entry, Mapping};

pub(crate) fn same(one: &str, other: &str) -> bool {
    match (Document::parse(one), Document::parse(other)) {
        (Ok(one), Ok(other)) => same_mapping(&one.root, &other.root),
        (Err(_), _) | (_, Err(_)) => false,
    }
}

pub(crate) fn is_effectively_empty(text: &str) -> bool {
    text.lines().all(|line| line.trim().is_empty() || line.trim_end() == "---")
}

/// `None` when one of the texts cannot be read.
pub(crate) fn restore(current: &str, written: &str, original: Option<&str>) -> Option<String> {
    let mut document = Document::parse(current).ok()?;
    let written = Document::parse(written).ok()?;
    let original = Document::parse(original.unwrap_or_default()).ok()?;
    unset(&mut document.root, &written.root, &original.root, document.newline);
    Some(document.text())
}

fn unset(current: &mut Mapping, written: &Mapping, original: &Mapping, newline: &str) {
    let shift = |before: &Entry| before.at(original.indent, current.indent);
    let returned: Vec<Entry> = original.entries.iter().map(shift).collect();
    let before = |key: &str| returned.iter().find(|entry| entry.key == key);
    let mut is_ours = false;
    for ours in &written.entries {
        let before = before(&ours.key);
        if before.is_some_and(|before| same_entry(before, ours)) {
            continue;
        }
        let Some(there) = current.entries.iter_mut().find(|entry| entry.key == ours.key) else { continue };
        let gone = if same_entry(there, ours) {
            is_ours = true;
            true
        } else if let (Body::Mapping(inner), Body::Mapping(ours)) = (&mut there.body, &ours.body) {
            let nothing = Mapping { indent: inner.indent, ..Mapping::default() };
            let below = before.and_then(|before| match &before.body {
                Body::Mapping(mapping) => Some(mapping),
                Body::Lines(_) => None,
            });
            unset(inner, ours, below.unwrap_or(&nothing), newline);
            below.is_none() && inner.entries.is_empty()
        } else {
            false
        };
        match before {
            Some(before) if gone => {
                there.line.clone_from(&before.line);
                there.inline.clone_from(&before.inline);
                there.body = before.body.clone();
                there.end_line(newline);
            }
            None if gone => current.remove(&ours.key),
            Some(_) | None => {}
        }
    }
    for before in returned.into_iter().filter(|before| written.get(&before.key).is_none()) {
        if is_ours && current.get(&before.key).is_none() {
            current.append(before, newline);
            if let Some(entry) = current.entries.last_mut() {
                entry.end_line(newline);
            }
        }
    }
}

impl Entry {
    /// The same entry in a mapping of another indentation.
    fn at(&self, from: usize, to: usize) -> Self {
        let moved = |text: &str| -> String {
            let lines = text.split_inclusive('\n');
            lines.map(|line| shifted(line, from, to)).collect()
        };
        let mut entry = Self { line: moved(&self.line), lead: String::new(), ..self.clone() };
        entry.body = match &self.body {
            Body::Lines(lines) => Body::Lines(moved(lines)),
            Body::Mapping(mapping) => {
                let indent = mapping.indent + to - from.min(mapping.indent);
                let entries = mapping.entries.iter().map(|inner| {
                    let lead = moved(&inner.lead);
                    Self { lead, ..inner.at(from, to) }
                });
                Body::Mapping(Mapping { indent, entries: entries.collect(), tail: moved(&mapping.tail) })
            }
        };
        entry
    }
}

fn shifted(line: &str, from: usize, to: usize) -> String {
    match line.strip_prefix(&*" ".repeat(from)) {
        Some(content) => " ".repeat(to) + content,
        None => line.to_owned(),
    }
}

fn same_mapping(one: &Mapping, other: &Mapping) -> bool {
    let in_other = |entry: &Entry| other.get(&entry.key).is_some_and(|it| same_entry(entry, it));
    one.entries.len() == other.entries.len() && one.entries.iter().all(in_other)
}

pub(super) fn same_entry(one: &Entry, other: &Entry) -> bool {
    let below = match (&one.body, &other.body) {
        (Body::Mapping(one), Body::Mapping(other)) => same_mapping(one, other),
        (Body::Lines(one), Body::Lines(other)) => content(one).eq(content(other)),
        (Body::Mapping(mapping), Body::Lines(lines)) | (Body::Lines(lines), Body::Mapping(mapping)) => {
            mapping.entries.is_empty() && content(lines).next().is_none()
        }
    };
    below && one.inline == other.inline
}

/// The lines that say something, wherever they begin.
fn content(lines: &str) -> impl Iterator<Item = &str> {
    let said = lines.lines().map(|line| super::read::without_comment(line).trim());
    said.filter(|line| !line.is_empty())
}
