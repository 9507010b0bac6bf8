//! Where a body ends.

use super::{Fields, MalformedRequest, ReplyError, Request};

/// How a body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// No body, or one of no bytes.
    Empty,
    /// That many bytes.
    Length(u64),
    /// In chunks (RFC 9112, 7.1).
    Chunked,
    /// Until the sender closes; answers only.
    UntilClose,
}

impl Body {
    /// The body of a request: one length or exactly `chunked`, never both (RFC 9112, 6), and only where the method gives
    /// it a meaning (RFC 9110, 9.3): some servers leave any other unread, and take it for the next request.
    ///
    /// # Errors
    /// The length is stated twice, badly, or where there is none.
    pub fn of_request(request: &Request) -> Result<Self, MalformedRequest> {
        let body = Self::stated(request)?;
        let has_none =
            matches!(request.method.as_str(), "GET" | "HEAD" | "DELETE" | "OPTIONS" | "TRACE" | "CONNECT");
        if body != Self::Empty && has_none {
            return Err(MalformedRequest::Framing("a request of this method has no body"));
        }
        Ok(body)
    }

    fn stated(request: &Request) -> Result<Self, MalformedRequest> {
        let fields = &request.fields;
        let mut codings = fields.raw("transfer-encoding");
        let mut lengths = fields.raw("content-length");
        // Some servers take `_` for `-`, as CGI does.
        if ["transfer_encoding", "content_length"].iter().any(|name| fields.raw(name).next().is_some()) {
            return Err(MalformedRequest::Framing("the length of the body is stated with `_`"));
        }
        match (codings.next(), codings.next(), lengths.next(), lengths.next()) {
            (None, None, None, None) => Ok(Self::Empty),
            (None, None, Some(length), None) => digits(length)
                .map(Self::sized)
                .ok_or(MalformedRequest::Framing("`Content-Length` is not a number")),
            (Some(coding), None, None, None)
                if coding.eq_ignore_ascii_case(b"chunked") && !request.http10 =>
            {
                Ok(Self::Chunked)
            }
            (Some(_), None, None, None) => {
                Err(MalformedRequest::Framing("`Transfer-Encoding` is not exactly `chunked`"))
            }
            (Some(_), _, _, _) => {
                Err(MalformedRequest::Framing("the length of the body is stated more than once"))
            }
            (None, ..) => Err(MalformedRequest::Framing("`Content-Length` is stated more than once")),
        }
    }

    /// The body of an answer to a request of that method (RFC 9112, 6.3).
    pub(crate) fn of_reply(method: &str, status: u16, fields: &Fields) -> Result<Self, ReplyError> {
        if method == "HEAD" || status / 100 == 1 || matches!(status, 204 | 304) {
            return Ok(Self::Empty);
        }
        let codings: Vec<&[u8]> = fields.raw("transfer-encoding").collect();
        match codings.as_slice() {
            [] => {}
            [one] if one.trim_ascii().eq_ignore_ascii_case(b"chunked") => return Ok(Self::Chunked),
            _ => return Err(ReplyError::Framing),
        }
        let mut lengths = fields.raw("content-length");
        let Some(first) = lengths.next() else { return Ok(Self::UntilClose) };
        let length = digits(first).ok_or(ReplyError::Framing)?;
        if lengths.any(|other| digits(other) != Some(length)) {
            return Err(ReplyError::Framing);
        }
        Ok(Self::sized(length))
    }

    /// The field that states this framing to the next reader.
    pub fn write_field(self, out: &mut Vec<u8>) {
        match self {
            Self::Empty | Self::UntilClose => {}
            Self::Length(length) => out.extend_from_slice(format!("Content-Length: {length}\r\n").as_bytes()),
            Self::Chunked => out.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        }
    }

    fn sized(length: u64) -> Self {
        if length == 0 { Self::Empty } else { Self::Length(length) }
    }
}

fn digits(value: &[u8]) -> Option<u64> {
    let text = str::from_utf8(value).ok()?;
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(fields: &str) -> Result<Body, MalformedRequest> {
        let head = format!("PUT / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        Body::of_request(&Request::parse(head.as_bytes())?)
    }

    #[test]
    fn a_request_body_has_one_length() {
        assert_eq!(request(""), Ok(Body::Empty));
        assert_eq!(request("Content-Length: 5\r\n"), Ok(Body::Length(5)));
        assert_eq!(request("Transfer-Encoding: chunked\r\n"), Ok(Body::Chunked));
        for bad in [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "Content-Length: 5\r\nContent-Length: 5\r\n",
            "Content-Length: 2, 2\r\n",
            "Content-Length: +2\r\n",
            "Content-Length: 0x2\r\n",
            "Content-Length: -2\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Content-Length:\r\n",
            "Transfer-Encoding: identity, chunked\r\n",
            "Transfer-Encoding: gzip\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        ] {
            assert!(request(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_body_that_a_server_may_leave_unread_is_refused() {
        let request = |method: &str, framing: &str| {
            let head = format!("{method} / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n");
            Body::of_request(&Request::parse(head.as_bytes()).unwrap())
        };
        for method in ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"] {
            assert_eq!(request(method, "Content-Length: 0"), Ok(Body::Empty), "{method}");
            for framing in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
                assert!(request(method, framing).is_err(), "{method} {framing}");
            }
        }
        for method in ["POST", "PUT", "PATCH", "PROPFIND"] {
            assert_eq!(request(method, "Content-Length: 5"), Ok(Body::Length(5)), "{method}");
        }
    }

    #[test]
    fn an_answer_to_head_has_no_body_whatever_it_says() {
        let mut fields = Fields::default();
        fields.push("Content-Length", "123");
        assert_eq!(Body::of_reply("HEAD", 200, &fields), Ok(Body::Empty));
        assert_eq!(Body::of_reply("GET", 200, &fields), Ok(Body::Length(123)));
        assert_eq!(Body::of_reply("GET", 304, &fields), Ok(Body::Empty));
        assert_eq!(Body::of_reply("GET", 200, &Fields::default()), Ok(Body::UntilClose));
        fields.push("Content-Length", "124");
        assert_eq!(Body::of_reply("GET", 200, &fields), Err(ReplyError::Framing));
    }
}
