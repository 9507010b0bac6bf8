//! Facts under a sentence: a name and a value a line, values below each other.

use super::text::one_line;

/// Facts that are gathered one by one.
#[derive(Default)]
pub(super) struct Facts {
    rows: Vec<(&'static str, String)>,
}

impl Facts {
    /// Adds a fact.
    pub(super) fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.rows.push((name, value.into()));
    }

    /// Adds a fact, if it is known.
    pub(super) fn add_known(&mut self, name: &'static str, value: Option<String>) {
        self.rows.extend(value.map(|value| (name, value)));
    }

    /// The facts, two columns in.
    pub(super) fn text(&self) -> String {
        let width = self.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let line = |(name, value): &(&str, String)| format!("  {name:width$}  {}\n", one_line(value));
        self.rows.iter().map(line).collect()
    }
}
