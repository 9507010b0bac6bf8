//! The reading of lines as keys and what belongs to them.

use super::{Body, Document, Entry, Mapping};

pub(super) fn document(text: &str) -> Result<Document, String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let start = lines.iter().position(|line| line.trim_end().trim_start_matches('\u{feff}') == "---");
    let before = lines.get(..start.unwrap_or(0)).unwrap_or_default();
    if before.iter().any(|line| !is_quiet(line)) {
        return Err("something stands before `---`".into());
    }
    let first = start.map_or(0, |start| start + 1);
    let mut head = lines.get(..first).unwrap_or_default().concat();
    let mut rest = lines.get(first..).unwrap_or_default().concat();
    if let Some(bare) = rest.strip_prefix('\u{feff}') {
        head.push('\u{feff}');
        rest = bare.to_owned();
    }
    for (number, line) in rest.lines().enumerate() {
        let number = number + first + 1;
        let marker = line.trim_end();
        if marker == "---" || marker == "..." || line.starts_with('%') {
            return Err(format!("line {number} begins another document"));
        }
        let space = line.chars().take_while(|c| c.is_whitespace());
        if !line.trim().is_empty() && space.into_iter().any(|c| c == '\t') {
            return Err(format!("line {number} is indented with a tab"));
        }
    }
    let root =
        mapping(&rest, 0).map_err(|(number, problem)| format!("line {}: {problem}", number + first))?;
    Ok(Document { head, root, newline })
}

/// Reads lines of this indentation; the number of the line that is none, otherwise.
fn mapping(text: &str, indent: usize) -> Result<Mapping, (usize, String)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut mapping = Mapping { indent, ..Mapping::default() };
    let mut at = 0;
    let mut lead = String::new();
    while let Some(line) = lines.get(at) {
        at += 1;
        if is_quiet(line) {
            lead.push_str(line);
            continue;
        }
        let wrong = |problem: &str| (at, problem.to_owned());
        if self::indent(line) != indent {
            return Err(wrong("its indentation fits nothing above"));
        }
        let (key, inline) = key(line).ok_or_else(|| wrong("it is not a key with a value"))?;
        if mapping.get(&key).is_some() {
            return Err(wrong(&format!("the key `{key}` stands there twice")));
        }
        let rest = lines.get(at..).unwrap_or_default();
        let length = rest.iter().position(|line| !belongs(line, indent)).unwrap_or(rest.len());
        let below = rest.get(..length).unwrap_or_default();
        let length = below.iter().rposition(|line| !is_quiet(line)).map_or(0, |last| last + 1);
        let below = below.get(..length).unwrap_or_default().concat();
        at += length;
        let body = body(&inline, &below, indent);
        let line = (*line).to_owned();
        mapping.entries.push(Entry { lead: std::mem::take(&mut lead), line, key, inline, body });
    }
    mapping.tail = lead;
    Ok(mapping)
}

/// The lines below a key: keys again where they can be read so.
pub(super) fn body(inline: &str, lines: &str, indent: usize) -> Body {
    let first = lines.lines().find(|line| !is_quiet(line));
    let deeper = first.map(self::indent).filter(|deeper| *deeper > indent && inline.is_empty());
    let inner = deeper.and_then(|deeper| mapping(lines, deeper).ok());
    inner.map_or_else(|| Body::Lines(lines.to_owned()), Body::Mapping)
}

/// Whether a line is part of what stands below a key of this indentation.
fn belongs(line: &str, indent: usize) -> bool {
    let own = self::indent(line);
    is_quiet(line) || own > indent || own == indent && is_item(line)
}

fn is_item(line: &str) -> bool {
    let content = line.trim();
    content == "-" || content.starts_with("- ")
}

/// Whether a text is blank lines and comments alone.
pub(super) fn is_quiet(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

pub(super) fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

/// The key of a line and what stands behind it.
fn key(line: &str) -> Option<(String, String)> {
    let content = line.trim();
    let (key, rest) = match content.chars().next()? {
        quote @ ('"' | '\'') => {
            let (key, rest) = content.get(1..)?.split_once(quote)?;
            (key.to_owned(), rest.trim_start().strip_prefix(':')?)
        }
        '&' | '*' | '!' | '|' | '>' | '%' | '@' | '`' | '?' | '{' | '}' | '[' | ']' | ',' => return None,
        _ if is_item(line) => return None,
        _ => {
            let end = content.find(": ").or_else(|| content.strip_suffix(':').map(str::len))?;
            (content.get(..end)?.trim_end().to_owned(), content.get(end + 1..)?)
        }
    };
    let fits = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (fits && !key.contains('\\')).then(|| (key, without_comment(rest).trim().to_owned()))
}

/// The text up to a comment; a `#` inside quotes or a word is none.
pub(super) fn without_comment(text: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (place, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if (c == '"' || c == '\'') && !before.is_alphanumeric() => quote = Some(c),
            None if c == '#' && before.is_whitespace() => return text.get(..place).unwrap_or(text),
            None => {}
        }
        before = c;
    }
    text
}
