//! Header fields in the order and spelling they came in.

/// The header fields of one message.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, Vec<u8>)>);

impl Fields {
    /// Adds one behind the others, of the same name or not.
    pub fn push(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// Replaces every field of that name by one.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.remove(name);
        self.push(name, value);
    }

    /// Removes every field of that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(have, _)| !have.eq_ignore_ascii_case(name));
    }

    /// The first field of that name, when its value is text.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .and_then(|(_, value)| str::from_utf8(value).ok())
    }

    /// Every field of that name whose value is text.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.raw(name).filter_map(|value| str::from_utf8(value).ok())
    }

    /// The values of every field of that name, as sent.
    pub fn raw<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .iter()
            .filter(move |(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    /// Whether a comma-separated field names the token, as `Connection: close` does.
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.all(name).flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(token))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes all fields but those that belong to one connection only (RFC 9110, 7.6.1).
    pub fn write_end_to_end(&self, out: &mut Vec<u8>) {
        let named: Vec<String> = self
            .all("connection")
            .flat_map(|value| value.split(','))
            .map(|item| item.trim().to_ascii_lowercase())
            .collect();
        for (name, value) in &self.0 {
            let lower = name.to_ascii_lowercase();
            if HOP_BY_HOP.contains(&lower.as_str()) || named.contains(&lower) {
                continue;
            }
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Fields {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Framing fields are here too: whoever writes a message states its own framing.
const HOP_BY_HOP: [&str; 10] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_one_connection_stay_on_it() {
        let mut fields = Fields::default();
        for (name, value) in
            [("Accept", "a"), ("Connection", "close, X-Private"), ("x-private", "1"), ("TE", "trailers")]
        {
            fields.push(name, value);
        }
        let mut out = Vec::new();
        fields.write_end_to_end(&mut out);
        assert_eq!(out, b"Accept: a\r\n");
    }
}
