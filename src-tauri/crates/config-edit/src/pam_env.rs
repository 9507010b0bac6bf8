//! `/etc/environment` as pam_env(8) reads it: no expansion, quotes only around the whole value, and a `#` ends the
//! line wherever it stands. What a shell would make of `/etc/profile.d` is nothing that can be read without running it.

/// Assignments in their order; a later one wins.
pub fn parse(text: &str) -> Vec<(String, String)> {
    joined(text).iter().filter_map(|line| assignment(line)).collect()
}

/// Lines without comments; one that ends with a backslash goes on in the next.
fn joined(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = String::new();
    for line in text.lines() {
        let plain = line.split('#').next().unwrap_or_default();
        if plain.trim_matches([' ', '\t']).is_empty() {
            continue;
        }
        match plain.trim_end_matches([' ', '\t']).strip_suffix('\\') {
            Some(begun) if plain.len() == line.len() => open.push_str(begun),
            Some(_) | None => {
                open.push_str(plain);
                lines.push(std::mem::take(&mut open));
            }
        }
    }
    lines
}

fn assignment(line: &str) -> Option<(String, String)> {
    let line = line.trim_start_matches([' ', '\t']);
    let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then(|| (name.to_owned(), unquoted(value)))
}

/// Of a value that begins with a quote, a quote at its very end goes as well, of whichever kind it is.
fn unquoted(value: &str) -> String {
    match value.strip_prefix(['"', '\'']) {
        Some(rest) => rest.strip_suffix(['"', '\'']).unwrap_or(rest).to_owned(),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_login_sessions_have_them() {
        for (text, value) in [
            ("HTTPS_PROXY=http://carol:s3cret@proxy:3128\n", Some("http://carol:s3cret@proxy:3128")),
            ("export HTTPS_PROXY=\"http://corp%5Cada:p@proxy\"", Some("http://corp%5Cada:p@proxy")),
            ("HTTPS_PROXY='http://$USER@proxy'", Some("http://$USER@proxy")),
            ("  HTTPS_PROXY=\"a\"b\"", Some("a\"b")),
            ("HTTPS_PROXY=http://ada:p#1@proxy", Some("http://ada:p")),
            ("HTTPS_PROXY=http://a\\\nb", Some("http://ab")),
            ("HTTPS_PROXY=one\nHTTPS_PROXY=two", Some("two")),
            ("# HTTPS_PROXY=no", None),
            ("MY-HTTPS_PROXY=no", None),
            ("HTTPS_PROXY", None),
        ] {
            let found = parse(text);
            let last = found.iter().rfind(|(name, _)| name == "HTTPS_PROXY").map(|(_, value)| value.as_str());
            assert_eq!(last, value, "{text:?}");
        }
    }
}
