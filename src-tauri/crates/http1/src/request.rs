//! The head of a request, read strictly: what two readers could understand differently is refused here,
//! before any policy is asked, so that what is judged is what is fetched.

use thiserror::Error;

use super::Fields;

/// A request head without its body.
#[derive(Clone, Debug)]
pub struct Request {
    /// In upper case.
    pub method: String,
    /// What is asked for.
    pub target: Target,
    /// HTTP/1.0 requests are answered and their connection closed.
    pub http10: bool,
    /// Its header fields.
    pub fields: Fields,
}

/// What stands after the method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `/v2/…?…`, as sent.
    Origin(String),
    /// `http://host/…`, as plain requests reach a forward proxy.
    Absolute {
        /// Host and port, as sent.
        authority: String,
        /// Path and query; never empty.
        path: String,
    },
    /// `host:port` of a CONNECT.
    Authority(String),
}

/// Why a request head is not accepted, naming the place.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MalformedRequest {
    /// A line ends with a bare line feed or holds a bare carriage return.
    #[error("line {0} of the request does not end with CR LF")]
    LineEnding(usize),
    /// The first line is not `METHOD target HTTP/1.1`.
    #[error("the request line is not `METHOD target HTTP/1.1`")]
    RequestLine,
    /// A header line is not `Name: value`, or is a folded continuation.
    #[error("header line {0} is not `Name: value`")]
    Field(usize),
    /// More than 100 header fields.
    #[error("more than 100 header fields")]
    TooManyFields,
    /// There is not exactly one `Host`, or it disagrees with the target.
    #[error("{0}")]
    Host(&'static str),
    /// The length of the body is stated twice, badly, or in an unknown coding.
    #[error("{0}")]
    Framing(&'static str),
}

/// 32 KiB: room for the longest tokens seen (about 8 KiB) and little else.
pub(crate) const HEAD_LIMIT: usize = 32 * 1024;
const FIELD_LIMIT: usize = 100;

impl Request {
    /// Parses a head that ends with its empty line.
    ///
    /// # Errors
    /// Two readers could understand it differently.
    pub fn parse(head: &[u8]) -> Result<Self, MalformedRequest> {
        let mut lines = lines(head)?.into_iter();
        let (method, target, http10) = request_line(lines.next().unwrap_or_default())?;
        let mut fields = Fields::default();
        for (index, line) in lines.enumerate() {
            let (name, value) = field(line).ok_or(MalformedRequest::Field(index + 2))?;
            if fields.len() == FIELD_LIMIT {
                return Err(MalformedRequest::TooManyFields);
            }
            fields.push(name, value);
        }
        let request = Self { method, target, http10, fields };
        request.check_host()?;
        Ok(request)
    }

    /// GET or HEAD: it changes nothing.
    pub fn is_read(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// HEAD: its answer has no body.
    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// The one `Host` the sender named.
    pub fn host(&self) -> &str {
        self.fields.get("host").unwrap_or_default()
    }

    /// Whether its sender wants to send another one on the same connection.
    pub fn keeps_alive(&self) -> bool {
        !self.http10 && !self.fields.lists("connection", "close")
    }

    /// What the program calls itself; empty where it does not say.
    pub fn user_agent(&self) -> &str {
        self.fields.get("user-agent").unwrap_or_default()
    }

    fn check_host(&self) -> Result<(), MalformedRequest> {
        let mut hosts = self.fields.raw("host");
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host,
            (None, _) if self.http10 => return Ok(()),
            (None, _) => return Err(MalformedRequest::Host("the request names no `Host`")),
            (Some(_), Some(_)) => return Err(MalformedRequest::Host("the request names two `Host`s")),
        };
        if host.is_empty() || !host.iter().all(|byte| is_authority_byte(*byte)) {
            return Err(MalformedRequest::Host("`Host` is not a host name with an optional port"));
        }
        match &self.target {
            Target::Absolute { authority, .. } if !authority.as_bytes().eq_ignore_ascii_case(host) => {
                Err(MalformedRequest::Host("`Host` and the request target name different hosts"))
            }
            Target::Absolute { .. } | Target::Origin(_) | Target::Authority(_) => Ok(()),
        }
    }
}

fn lines(head: &[u8]) -> Result<Vec<&[u8]>, MalformedRequest> {
    let mut lines = Vec::new();
    for raw in head.split_inclusive(|byte| *byte == b'\n') {
        let number = lines.len() + 1;
        let line = raw.strip_suffix(b"\r\n").ok_or(MalformedRequest::LineEnding(number))?;
        if line.contains(&b'\r') {
            return Err(MalformedRequest::LineEnding(number));
        }
        lines.push(line);
    }
    lines.pop();
    Ok(lines)
}

fn request_line(line: &[u8]) -> Result<(String, Target, bool), MalformedRequest> {
    let text = str::from_utf8(line).map_err(|_| MalformedRequest::RequestLine)?;
    let mut parts = text.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(MalformedRequest::RequestLine);
    };
    let http10 = match version {
        "HTTP/1.1" => false,
        "HTTP/1.0" => true,
        _ => return Err(MalformedRequest::RequestLine),
    };
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(MalformedRequest::RequestLine);
    }
    let target = parse_target(method, target).ok_or(MalformedRequest::RequestLine)?;
    Ok((method.to_owned(), target, http10))
}

fn parse_target(method: &str, target: &str) -> Option<Target> {
    if !target.bytes().all(|byte| byte.is_ascii_graphic()) || target.contains('#') {
        return None;
    }
    if method == "CONNECT" {
        return target.bytes().all(is_authority_byte).then(|| Target::Authority(target.to_owned()));
    }
    if target.starts_with('/') {
        return Some(Target::Origin(target.to_owned()));
    }
    let (scheme, rest) = target.split_once("://")?;
    let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
    if !scheme.eq_ignore_ascii_case("http")
        || authority.is_empty()
        || !authority.bytes().all(is_authority_byte)
    {
        return None;
    }
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    Some(Target::Absolute { authority: authority.to_owned(), path })
}

/// Letters, digits and the punctuation of names, ports and bracketed addresses; no user information.
fn is_authority_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte)
}

fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (&line[..colon], spaces_trimmed(&line[colon + 1..]));
    let good_name = !name.is_empty() && name.iter().all(|byte| is_token_byte(*byte));
    let good_value = value.iter().all(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f));
    (good_name && good_value).then(|| (str::from_utf8(name).unwrap_or_default(), value))
}

/// Without optional white space, of which form feeds are none (RFC 9110, 5.6.3).
fn spaces_trimmed(value: &[u8]) -> &[u8] {
    let is_letter = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let begin = value.iter().position(is_letter).unwrap_or(value.len());
    let end = value.iter().rposition(is_letter).map_or(begin, |last| last + 1);
    &value[begin..end]
}

/// RFC 9110, 5.6.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Request, MalformedRequest> {
        Request::parse(text.as_bytes())
    }

    #[test]
    fn a_plain_request_is_read_as_it_was_sent() {
        let request =
            parse("GET /v2/a/manifests/1?x=%2F HTTP/1.1\r\nHost: ghcr.io\r\nAccept: a, b\r\n\r\n").unwrap();
        assert_eq!(request.target, Target::Origin("/v2/a/manifests/1?x=%2F".into()));
        assert_eq!((request.host(), request.fields.get("ACCEPT")), ("ghcr.io", Some("a, b")));
    }

    #[test]
    fn a_proxy_request_carries_its_authority() {
        let request =
            parse("GET http://reg.example:5000/v2/ HTTP/1.1\r\nHost: reg.example:5000\r\n\r\n").unwrap();
        assert_eq!(
            request.target,
            Target::Absolute { authority: "reg.example:5000".into(), path: "/v2/".into() }
        );
        let request = parse("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n").unwrap();
        assert_eq!(request.target, Target::Authority("[::1]:443".into()));
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        let host = "Host: a.example\r\n";
        for (head, why) in [
            (format!("GET / HTTP/1.1\n{host}\r\n"), "a bare line feed"),
            (format!("GET / HTTP/1.1\r\n{host}A: b\rc\r\n\r\n"), "a bare carriage return"),
            (format!("GET / HTTP/1.1\r\n{host} folded: 1\r\n\r\n"), "a folded line"),
            (format!("GET / HTTP/1.1\r\n{host}Name : 1\r\n\r\n"), "a space before the colon"),
            (format!("GET / HTTP/1.1\r\n{host}A: \0\r\n\r\n"), "a NUL in a value"),
            (format!("GET / HTTP/1.1\r\n{host}A: b\x0c\r\n\r\n"), "a form feed behind a value"),
            (format!("GET  / HTTP/1.1\r\n{host}\r\n"), "two spaces"),
            (format!("get / HTTP/1.1\r\n{host}\r\n"), "a lower-case method"),
            (format!("GET / HTTP/2.0\r\n{host}\r\n"), "another version"),
            (format!("GET /#a HTTP/1.1\r\n{host}\r\n"), "a fragment"),
            (format!("GET / HTTP/1.1\r\n{host}{host}\r\n"), "two hosts"),
            ("GET / HTTP/1.1\r\n\r\n".to_owned(), "no host"),
            ("GET / HTTP/1.1\r\nHost: u@a.example\r\n\r\n".to_owned(), "user information in the host"),
            (format!("GET http://b.example/ HTTP/1.1\r\n{host}\r\n"), "another host in the target"),
            (format!("GET https://a.example/ HTTP/1.1\r\n{host}\r\n"), "an https target outside CONNECT"),
            (format!("CONNECT u@a.example:443 HTTP/1.1\r\n{host}\r\n"), "user information in CONNECT"),
            (format!("GET / HTTP/1.1\r\n{host}{}\r\n", "A: b\r\n".repeat(100)), "a hundred and one fields"),
        ] {
            assert!(parse(&head).is_err(), "{why}: {head:?}");
        }
    }
}
