//! Text on lines: what others wrote never breaks or steers them.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stays_on_its_line() {
        assert_eq!(one_line("a\u{1b}[31m\r\nerror:  b\u{202e}c\u{9b}d"), "a [31m error: b c d");
    }
}
