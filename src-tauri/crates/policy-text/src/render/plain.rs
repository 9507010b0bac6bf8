//! Makes text safe for where it goes: one line, printable ASCII, a length, a URL.

/// The text on one line, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    let spaced = text.chars().map(|letter| if hidden(letter) { ' ' } else { letter });
    spaced.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters that break a line or reorder what people see.
fn hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text on one line as a sentence of its own.
pub(super) fn statement(text: &str) -> String {
    let line = one_line(text);
    if line.is_empty() || line.ends_with(['.', '!', '?']) { line } else { format!("{line}.") }
}

/// The text in printable ASCII without quotes and backticks, and with slashes for backslashes.
pub(super) fn ascii(text: &str) -> String {
    let mut plain = String::new();
    for letter in one_line(text).chars() {
        match letter {
            '"' | '\'' | '`' => {}
            // As in user names of a domain, which would be other names without it.
            '\\' => plain.push('/'),
            ' '..='~' => plain.push(letter),
            other => plain.push_str(folded(other)),
        }
    }
    one_line(&plain)
}

fn folded(letter: char) -> &'static str {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'À'..='Å' => "A",
        'ç' | 'ć' | 'č' => "c",
        'è'..='ë' | 'ē' | 'ę' | 'ě' => "e",
        'È'..='Ë' => "E",
        'ì'..='ï' | 'ī' => "i",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' => "o",
        'Ò'..='Ö' | 'Ø' => "O",
        'ù'..='ü' | 'ū' | 'ů' => "u",
        'Ù'..='Ü' => "U",
        'ß' => "ss",
        'š' | 'ś' => "s",
        'ž' | 'ż' | 'ź' => "z",
        'ł' => "l",
        'ý' | 'ÿ' => "y",
        '–' | '—' => "-",
        '…' => "...",
        '‘' | '’' | '“' | '”' => "",
        _ => "?",
    }
}

/// The text in at most so many characters, the middle left out.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= limit {
        return text.to_owned();
    }
    if limit <= 3 {
        return letters.into_iter().take(limit).collect();
    }
    let kept = limit - 3;
    let head: String = letters.iter().take(kept.div_ceil(2)).collect();
    let tail: String = letters.iter().skip(letters.len() - kept / 2).collect();
    format!("{head}...{tail}")
}

/// The text in at most so many characters, the end left out.
pub(super) fn clip(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let head: String = text.chars().take(limit.saturating_sub(3)).collect();
    format!("{}...", head.trim_end())
}

/// A URL without the parameter that has a field in it, and without a fragment that has; nothing where the field stands
/// before the parameters.
pub(super) fn without_field(url: &str, field: &str) -> Option<String> {
    let (whole, fragment) = match url.split_once('#') {
        Some((whole, fragment)) => (whole, Some(fragment).filter(|text| !text.contains(field))),
        None => (url, None),
    };
    let (place, query) = whole.split_once('?').unwrap_or((whole, ""));
    if place.contains(field) {
        return None;
    }
    let kept: Vec<&str> = query.split('&').filter(|it| !it.is_empty() && !it.contains(field)).collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    let fragment = fragment.map(|text| format!("#{text}")).unwrap_or_default();
    Some(format!("{place}{query}{fragment}"))
}
