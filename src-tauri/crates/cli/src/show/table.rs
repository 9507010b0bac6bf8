//! Columns: each as wide as its widest cell, the last one free, those without any content left out.

use super::text::one_line;

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

#[cfg(test)]
mod tests {
    use super::*;

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
