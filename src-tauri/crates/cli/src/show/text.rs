//! Text on lines, in columns, and as facts: what others wrote never breaks or steers them.

/// The text on one line, without control characters and without those that reorder what people see.
pub(crate) fn one_line(text: &str) -> String {
    let spaced = text.chars().map(|letter| if hidden(letter) { ' ' } else { letter });
    spaced.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Every text on a line of its own, two columns in; its own columns stay, since it may be a line of a file.
pub(super) fn indented<'a>(lines: impl IntoIterator<Item = &'a String>) -> String {
    let plain = |line: &String| {
        line.chars().map(|letter| if hidden(letter) { ' ' } else { letter }).collect::<String>()
    };
    lines.into_iter().map(|line| format!("  {}\n", plain(line).trim_end())).collect()
}

/// `1 engine`, `2 engines`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("{count} {what}") } else { format!("{count} {what}s") }
}

/// Rows under a heading. No cell is ever cut, so what may be long belongs into the last column.
pub(super) fn table<const COLUMNS: usize>(heading: [&str; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    let rows: Vec<[String; COLUMNS]> =
        rows.iter().map(|row| row.each_ref().map(|cell| one_line(cell))).collect();
    let filled = |column: usize| rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty()));
    let shown: Vec<usize> = (0..COLUMNS).filter(|column| filled(*column)).collect();
    let heading = heading.map(str::to_owned);
    let all: Vec<&[String; COLUMNS]> = std::iter::once(&heading).chain(&rows).collect();
    let widths = shown.iter().map(|column| (*column, all.iter().map(|row| width(&row[*column])).max()));
    let widths: Vec<(usize, usize)> = widths.map(|(column, width)| (column, width.unwrap_or(0))).collect();
    all.iter().map(|row| line(row.as_slice(), &widths)).collect()
}

fn line(row: &[String], widths: &[(usize, usize)]) -> String {
    let cells = widths.iter().filter_map(|(column, width)| Some((row.get(*column)?, *width)));
    let line: String = cells.map(|(cell, width)| format!("{cell:width$}  ")).collect();
    format!("{}\n", line.trim_end())
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stays_on_its_line() {
        assert_eq!(one_line("a\u{1b}[31m\r\nerror:  b\u{202e}c\u{9b}d"), "a [31m error: b c d");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a".to_owned(), "long one".to_owned()], ["é".to_owned(), "b".to_owned()]];
        assert_eq!(table(["FIRST", "SECOND"], &rows), "FIRST  SECOND\na      long one\né      b\n");
    }

    #[test]
    fn a_column_without_content_is_left_out() {
        let rows = [["a".to_owned(), String::new(), "c".to_owned()]];
        assert_eq!(table(["ONE", "TWO", "THREE"], &rows), "ONE  THREE\na    c\n");
    }
}
