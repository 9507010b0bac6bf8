//! The user name and password that a proxy is shown.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A user name and password, as bytes: directories have passwords that are not UTF-8.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProxyLogin {
    name: Vec<u8>,
    password: Vec<u8>,
}

impl ProxyLogin {
    /// From the plain values, without any encoding.
    pub fn new(name: impl Into<Vec<u8>>, password: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), password: password.into() }
    }

    /// Reads `name:password` as it stands in a file: nothing is decoded, the first colon separates, and one line
    /// end is dropped. `None` without a name or a colon.
    pub fn from_pair(text: &[u8]) -> Option<Self> {
        let line = text.strip_suffix(b"\n").unwrap_or(text);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let colon = line.iter().position(|&byte| byte == b':').filter(|&colon| colon > 0)?;
        let whole = !line.contains(&b'\n') && !line.contains(&0);
        whole.then(|| Self::new(&line[..colon], &line[colon + 1..]))
    }

    /// Reads the part of an address before `@`. `None` where Go refuses it.
    pub(crate) fn from_userinfo(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
        if !text.bytes().all(plain) {
            return None;
        }
        let (name, password) = text.split_once(':').unwrap_or((text, ""));
        Some(Self { name: percent_decoded(name)?, password: percent_decoded(password)? })
    }

    /// The user name as people read it.
    pub fn name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.name)
    }

    /// The value of `Proxy-Authorization`. A secret.
    pub fn basic(&self) -> String {
        let mut pair = self.name.clone();
        pair.push(b':');
        pair.extend_from_slice(&self.password);
        format!("Basic {}", STANDARD.encode(pair))
    }

    /// User name and password as SOCKS 5 sends them (RFC 1929). The second is a secret.
    pub fn parts(&self) -> (&[u8], &[u8]) {
        (&self.name, &self.password)
    }

    /// As the part of an address before `@`. A secret.
    pub(crate) fn userinfo(&self) -> String {
        format!("{}:{}", percent_encoded(&self.name), percent_encoded(&self.password))
    }
}

impl fmt::Debug for ProxyLogin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ProxyLogin").finish_non_exhaustive()
    }
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            plain => plain,
        });
    }
    Some(out)
}

fn percent_encoded(bytes: &[u8]) -> String {
    let one = |&byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    bytes.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_decoded_as_go_programs_decode_them() {
        for (text, name, password) in [
            ("ada:p%40ss%3Aword", "ada", "p@ss:word"),
            ("corp%5Cada:p%231", "corp\\ada", "p#1"),
            ("ada:a@b", "ada", "a@b"),
            ("dora:100%25", "dora", "100%"),
            ("ada:a:b+c", "ada", "a:b+c"),
            ("ada", "ada", ""),
            ("j%C3%BCrgen:gr%C3%BC%C3%9Fe", "jürgen", "grüße"),
        ] {
            let login = ProxyLogin::from_userinfo(text).unwrap();
            assert_eq!(login, ProxyLogin::new(name, password), "{text}");
            assert_eq!(ProxyLogin::from_userinfo(&login.userinfo()), Some(login), "{text}");
        }
        let latin = ProxyLogin::from_userinfo("j%FCrgen:%FF").unwrap();
        assert_eq!((latin.parts(), &*latin.name()), ((&b"j\xfcrgen"[..], &b"\xff"[..]), "j\u{fffd}rgen"));
        for text in ["dora:100%", "ada:%zz", "corp\\ada:x", "ada:p 1", "jürgen:x", "ada:p%4"] {
            assert_eq!(ProxyLogin::from_userinfo(text), None, "{text}");
        }
    }

    #[test]
    fn a_login_file_is_read_as_it_stands() {
        for (text, login) in [
            ("corp\\ada:p#1%25:x\n", Some(("corp\\ada", "p#1%25:x"))),
            ("ada:\r\n", Some(("ada", ""))),
            ("ada: spaced ", Some(("ada", " spaced "))),
            ("ada", None),
            (":x", None),
            ("", None),
            ("ada:x\nbob:y\n", None),
        ] {
            let login = login.map(|(name, password)| ProxyLogin::new(name, password));
            assert_eq!(ProxyLogin::from_pair(text.as_bytes()), login, "{text:?}");
        }
    }

    #[test]
    fn a_login_is_never_printed() {
        let login = ProxyLogin::new("ada", "hunter2");
        assert_eq!(format!("{login:?}"), "ProxyLogin { .. }");
        assert_eq!(login.basic(), "Basic YWRhOmh1bnRlcjI=");
    }
}
