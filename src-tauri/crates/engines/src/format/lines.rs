//! Files that are ours as a whole (drop-ins, certificates): taking our part out leaves the lines a person
//! added. Also the difference of two texts for a dry run.

use diffy::{DiffOptions, Line, PatchFormatter};

/// The original with what the person added to our text after it.
pub(crate) fn give_back(current: &str, written: &str, original: Option<&str>) -> String {
    let mut text = original.unwrap_or_default().to_owned();
    let difference = DiffOptions::new().create_patch(written, current);
    for line in difference.hunks().iter().flat_map(diffy::Hunk::lines) {
        if let Line::Insert(line) = line {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(line);
        }
    }
    text
}

/// A unified difference, empty where there is none, without the passwords that proxy addresses carry.
pub(crate) fn difference(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let name = |bytes: Option<&[u8]>| if bytes.is_some() { path } else { "/dev/null" }.to_owned();
    let (old, new) = (text(before), text(after));
    let mut options = DiffOptions::new();
    options.set_original_filename(name(before)).set_modified_filename(name(after));
    let patch = options.create_patch(&old, &new);
    if patch.hunks().is_empty() {
        return String::new();
    }
    without_passwords(&PatchFormatter::new().suppress_blank_empty(false).fmt_patch(&patch).to_string())
}

/// The text with the user part of every address replaced.
pub(crate) fn without_passwords(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + 3);
        shown.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | ','));
        let (authority, tail) = after.split_at(end.unwrap_or(after.len()));
        match authority.rsplit_once('@') {
            Some((_, host)) => shown.push_str(&format!("***@{host}")),
            None => shown.push_str(authority),
        }
        rest = tail;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_a_person_added_to_our_file_are_kept() {
        let written = "# ours\n[Service]\nEnvironment=A=1\n";
        let current = "# ours\n[Service]\nEnvironment=A=1\nEnvironment=B=2\n";
        assert_eq!(give_back(current, written, None), "Environment=B=2\n");
        assert_eq!(give_back(current, written, Some("before")), "before\nEnvironment=B=2\n");
        assert_eq!(give_back(written, written, None), "");
    }

    #[test]
    fn a_file_that_stays_as_it_is_has_no_difference() {
        assert_eq!(difference("/etc/a", Some(b"x\n"), Some(b"x\n")), "");
    }

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        assert_eq!(
            without_passwords("a http://ada:se@cret@proxy:3128/x \"https://u:p@h\" http://plain"),
            "a http://***@proxy:3128/x \"https://***@h\" http://plain"
        );
        let shown = difference("/etc/a", Some(b"x\n"), Some(b"x\np=http://u:p@h\n"));
        assert_eq!(shown, "--- /etc/a\n+++ /etc/a\n@@ -1 +1,2 @@\n x\n+p=http://***@h\n");
    }
}
