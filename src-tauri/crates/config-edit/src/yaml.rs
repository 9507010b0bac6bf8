//! YAML edited in place, as far as configuration files need it: mappings written in lines. Every line that is not
//! ours stays as it was. What is written in another way is kept too, and refused only where it would have to change.

use std::fmt::Write;

mod read;
mod restore;

pub(crate) use restore::{is_effectively_empty, restore, same};

/// A document; its text is the text that was read until something is set.
#[derive(Debug, Clone)]
pub struct Document {
    head: String,
    root: Mapping,
    newline: &'static str,
}

/// Keys and values in lines of the same indentation.
#[derive(Debug, Clone, Default)]
struct Mapping {
    indent: usize,
    entries: Vec<Entry>,
    /// Blank lines and comments at the end; only the outermost mapping has them.
    tail: String,
}

/// One key with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Blank lines and comments before it.
    lead: String,
    /// The line with the key.
    line: String,
    key: String,
    /// What stands behind the key on its line, without a comment.
    inline: String,
    body: Body,
}

/// The lines below a key.
#[derive(Debug, Clone)]
enum Body {
    Lines(String),
    Mapping(Mapping),
}

impl Document {
    /// Reads a text; where it cannot be edited, the sentence says why and in which line.
    pub fn parse(text: &str) -> Result<Self, String> {
        read::document(text)
    }

    /// The document as it is now.
    pub fn text(&self) -> String {
        let mut text = self.head.clone();
        self.root.write(&mut text);
        text
    }

    /// An entry of the outermost mapping.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.root.get(key)
    }

    /// The mapping below a key of the outermost one, made where it is missing.
    pub fn mapping(&mut self, key: &str) -> Result<Child<'_>, String> {
        let newline = self.newline;
        if self.root.get(key).is_none() {
            self.root.append(Entry::of(key, "", Vec::new(), 0, newline), newline);
        }
        let entry = self.root.entries.iter_mut().find(|entry| entry.key == key);
        let entry = entry.ok_or_else(|| format!("`{key}` is missing"))?;
        entry.become_mapping(newline)?;
        match &mut entry.body {
            Body::Mapping(mapping) => Ok(Child { mapping, newline }),
            Body::Lines(_) => Err(format!("`{key}` is not written as keys in lines")),
        }
    }
}

/// A mapping below a key, with the line ends of its document.
pub struct Child<'a> {
    mapping: &'a mut Mapping,
    newline: &'static str,
}

impl Child<'_> {
    /// Its keys, in their order.
    pub fn keys(&self) -> Vec<String> {
        self.mapping.keys()
    }

    /// One of its entries.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.mapping.get(key)
    }

    /// Sets an entry, in place when the key is there: what stands behind the key, and lines below it.
    pub fn set(&mut self, key: &str, inline: &str, body: &[&str]) {
        self.mapping.set(key, inline, body, self.newline);
    }

    /// Takes an entry out; the comments before it stay.
    pub fn remove(&mut self, key: &str) {
        self.mapping.remove(key);
    }
}

impl Mapping {
    fn keys(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.key.clone()).collect()
    }

    fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn set(&mut self, key: &str, inline: &str, body: &[&str], newline: &str) {
        let body = body.iter().map(|line| (*line).to_owned()).collect();
        let made = Entry::of(key, inline, body, self.indent, newline);
        match self.entries.iter_mut().find(|entry| entry.key == key) {
            Some(there) if restore::same_entry(there, &made) => {}
            Some(there) => {
                let lead = std::mem::take(&mut there.lead);
                *there = Entry { lead, ..made };
            }
            None => self.append(made, newline),
        }
    }

    /// Puts an entry last; what stood at the end is before it.
    fn append(&mut self, mut entry: Entry, newline: &str) {
        if let Some(last) = self.entries.last_mut() {
            last.end_line(newline);
        }
        if !self.tail.is_empty() && !self.tail.ends_with('\n') {
            self.tail.push_str(newline);
        }
        entry.lead = std::mem::take(&mut self.tail) + &entry.lead;
        self.entries.push(entry);
    }

    /// Takes an entry out; the comments before it stay.
    fn remove(&mut self, key: &str) {
        let Some(place) = self.entries.iter().position(|entry| entry.key == key) else { return };
        let lead = self.entries.remove(place).lead;
        let next = self.entries.get_mut(place).map_or(&mut self.tail, |entry| &mut entry.lead);
        next.insert_str(0, &lead);
    }

    fn write(&self, text: &mut String) {
        self.entries.iter().for_each(|entry| entry.write(text));
        text.push_str(&self.tail);
    }
}

impl Entry {
    fn of(key: &str, inline: &str, body: Vec<String>, indent: usize, newline: &str) -> Self {
        let space = " ".repeat(indent);
        let separator = if inline.is_empty() { "" } else { " " };
        let mut lines = String::new();
        for line in body {
            lines.push_str(&format!("{space}  {line}{newline}"));
        }
        Self {
            lead: String::new(),
            line: format!("{space}{}:{separator}{inline}{newline}", written(key)),
            key: key.to_owned(),
            inline: inline.to_owned(),
            body: read::body("", &lines, indent),
        }
    }

    /// Whether the value is one that anchors, aliases or merges reach into.
    pub fn has_references(&self) -> bool {
        let mut text = String::new();
        self.write(&mut text);
        text.lines().map(str::trim_start).filter(|line| !line.starts_with('#')).any(|line| {
            let starts = line.split(": ").chain(line.split("- "));
            line.starts_with("<<:") || starts.map(str::trim_start).any(|it| it.starts_with(['&', '*']))
        })
    }

    /// The entry of a mapping below.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        match &self.body {
            Body::Mapping(mapping) => mapping.get(key),
            Body::Lines(_) => None,
        }
    }

    /// The plain items of a list, in either of its spellings.
    pub fn items(&self) -> Vec<String> {
        let lines = match &self.body {
            Body::Lines(lines) => lines.as_str(),
            Body::Mapping(_) => "",
        };
        let in_lines = lines.lines().filter_map(|line| line.trim().strip_prefix("- "));
        let in_brackets =
            self.inline.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or_default();
        let items = in_lines.chain(in_brackets.split(',')).map(|it| read::without_comment(it).trim());
        items.map(|it| it.trim_matches(['"', '\'']).to_owned()).filter(|it| !it.is_empty()).collect()
    }

    fn become_mapping(&mut self, newline: &str) -> Result<(), String> {
        let nothing = matches!(&self.body, Body::Lines(lines) if read::is_quiet(lines));
        match (&self.body, self.inline.as_str()) {
            (Body::Mapping(_), "") => Ok(()),
            (Body::Lines(_), "" | "{}" | "null" | "~") if nothing => {
                let indent = read::indent(&self.line);
                if !self.inline.is_empty() {
                    self.line = self.line.replacen(&format!(" {}", self.inline), "", 1);
                    self.inline.clear();
                }
                self.end_line(newline);
                self.body = Body::Mapping(Mapping { indent: indent + 2, ..Mapping::default() });
                Ok(())
            }
            (Body::Mapping(_) | Body::Lines(_), _) => {
                Err(format!("`{}` is not written as keys in lines of their own", self.key))
            }
        }
    }

    fn end_line(&mut self, newline: &str) {
        let last = match &mut self.body {
            Body::Lines(lines) if !lines.is_empty() => lines,
            Body::Mapping(Mapping { entries, .. }) if !entries.is_empty() => {
                entries.iter_mut().last().into_iter().for_each(|entry| entry.end_line(newline));
                return;
            }
            Body::Lines(_) | Body::Mapping(_) => &mut self.line,
        };
        if !last.ends_with('\n') {
            last.push_str(newline);
        }
    }

    fn write(&self, text: &mut String) {
        text.push_str(&self.lead);
        text.push_str(&self.line);
        match &self.body {
            Body::Lines(lines) => text.push_str(lines),
            Body::Mapping(mapping) => mapping.write(text),
        }
    }
}

/// A key in quotes where it needs them.
fn written(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    let mut text = String::new();
    if key.chars().all(plain) && key.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        text.push_str(key);
    } else if write!(text, "\"{key}\"").is_err() {
        text.clear();
    }
    text
}

#[cfg(test)]
mod tests;
