//! Medians with their range, and the tables they are printed in.

use std::fmt;

/// The same measurement, repeated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series(Vec<f64>);

impl Series {
    pub(crate) fn add(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    pub(crate) fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }
}

/// The median, and in brackets the lowest and the highest.
impl fmt::Display for Series {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(low), Some(high)) = (self.0.first(), self.0.last()) else {
            return formatter.write_str("–");
        };
        let places = if *high < 10.0 { 2 } else { usize::from(*high < 100.0) };
        write!(formatter, "{:.places$} ({low:.places$}–{high:.places$})", self.median())
    }
}

/// A ratio of two medians.
pub(crate) fn ratio(series: &Series, base: &Series) -> String {
    format!("{:.2}×", series.median() / base.median())
}

/// What a ratio or a size ought to be, and whether it is.
pub(crate) fn target(value: f64, most: f64, unit: &str) -> String {
    let mark = if value <= most { "✓" } else { "✗" };
    format!("≤ {most:.2}{unit} {mark}")
}

/// Prints rows in columns; the first row is the heading.
pub(crate) fn table(title: &str, rows: &[Vec<String>]) {
    println!("\n{title}");
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let length = |row: &Vec<String>, column| row.get(column).map_or(0, |cell: &String| cell.chars().count());
    let widest = |column| rows.iter().map(|row| length(row, column)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        println!("  {}", cells.collect::<Vec<_>>().join("   ").trim_end());
    }
}

/// A row of a table.
pub(crate) fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}
