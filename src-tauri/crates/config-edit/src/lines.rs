//! Files that are ours as a whole (drop-ins, certificates): taking our part out leaves the lines a person
//! added. Also the difference of two texts for a dry run.

use diffy::{DiffOptions, Line, PatchFormatter};

/// The original with what the person added to our text after it.
pub(crate) fn restore(current: &str, written: &str, original: Option<&str>) -> String {
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
pub fn difference(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
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

/// The text with the user part of every address replaced, however it is spelled: with and without a scheme, alone and
/// behind the name of a variable. A digest behind an image's name is none.
pub fn without_passwords(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'');
    text.split_inclusive(ends).map(without_password).collect()
}

/// The same for one word.
fn without_password(word: &str) -> String {
    let bare = word.trim_start_matches(['`', '(', '-', '+']);
    // What a variable is set to; in an address a colon comes first.
    let value = match bare.split_once(['=', ':']) {
        Some((name, value)) if bare.as_bytes().get(name.len()) == Some(&b'=') => value,
        Some(_) | None => bare,
    };
    let is_scheme = |it: &&str| it.bytes().all(|it| it.is_ascii_alphanumeric() || b"+.-".contains(&it));
    let scheme = value.split_once("://").map(|(scheme, _)| scheme).filter(is_scheme);
    let has_scheme = scheme.is_some();
    let rest = value.get(scheme.map_or(0, |scheme| scheme.len() + 3)..).unwrap_or_default();
    let before = word.strip_suffix(rest).unwrap_or_default();
    let is_digest = |at: &usize| rest.get(at + 1..).is_some_and(|it| it.starts_with("sha256:"));
    let at = rest.rmatch_indices('@').map(|(at, _)| at).find(|at| !is_digest(at));
    let Some((user, host)) = at.and_then(|at| rest.split_at_checked(at)) else { return word.to_owned() };
    let authority = user.split('/').next().unwrap_or(user);
    let port = authority.split_once(':').map(|(_, port)| port);
    let has_password =
        port.is_some_and(|port| port.is_empty() || !port.bytes().all(|it| it.is_ascii_digit()));
    let is_whole = authority.len() == user.len();
    if has_password || (is_whole && (has_scheme || port.is_some())) {
        return format!("{before}***{host}");
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_a_person_added_to_our_file_are_kept() {
        let written = "# ours\n[Service]\nEnvironment=A=1\n";
        let current = "# ours\n[Service]\nEnvironment=A=1\nEnvironment=B=2\n";
        assert_eq!(restore(current, written, None), "Environment=B=2\n");
        assert_eq!(restore(current, written, Some("before")), "before\nEnvironment=B=2\n");
        assert_eq!(restore(written, written, None), "");
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

    #[test]
    fn what_looks_like_a_login_and_is_none_stays() {
        for text in [
            "docker://quay.io/a/b@sha256:0123",
            "registry.example:5000/team/app@sha256:0123",
            "app:1.0@sha256:0123",
            "https://host:5000/people/@ada",
            "ada@acme.example",
        ] {
            assert_eq!(without_passwords(text), text);
        }
    }

    proptest::proptest! {
        /// BuildKit's proxy with its password stood in `pullgate engines` for everybody.
        #[test]
        fn an_address_never_shows_its_password(
            user in "[a-z%\\\\.]{1,8}",
            password in "[!#-&(-~]{6,20}",
            scheme in "(http://|https://|socks5h://|)",
            around in "(|`|HTTP_PROXY=|found `|expected x, found \"|--proxy=)",
        ) {
            let secret = format!("S{password}T");
            let text = format!("{around}{scheme}{user}:{secret}@proxy.acme.example:3128`");
            let shown = without_passwords(&text);
            proptest::prop_assert!(!shown.contains(&secret), "{shown}");
            proptest::prop_assert!(shown.contains("@proxy.acme.example:3128"), "{shown}");
        }
    }
}
