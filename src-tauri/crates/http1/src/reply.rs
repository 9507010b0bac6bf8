//! The head of an answer from a registry, read leniently: it is the registry's, and is passed on as it is.

use thiserror::Error;

use super::{Body, Fields};

/// An answer without its body.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Three digits.
    pub status: u16,
    /// The reason phrase, which engines print.
    pub reason: String,
    /// Its connection ends with it.
    pub http10: bool,
    /// Its header fields.
    pub fields: Fields,
}

/// An answer that is not HTTP/1.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReplyError {
    /// The head cannot be read.
    #[error("the answer is not HTTP/1.1: {0}")]
    Head(String),
    /// The length cannot be told.
    #[error("it states its length badly")]
    Framing,
}

const FIELD_LIMIT: usize = 128;

impl Reply {
    /// Parses a head that ends with its empty line.
    ///
    /// # Errors
    /// It is not HTTP/1, or has more than 128 fields.
    pub fn parse(head: &[u8]) -> Result<Self, ReplyError> {
        let mut slots = [httparse::EMPTY_HEADER; FIELD_LIMIT];
        let mut parsed = httparse::Response::new(&mut slots);
        let end = parsed.parse(head).map_err(|error| ReplyError::Head(error.to_string()))?;
        if end.is_partial() {
            return Err(ReplyError::Head("it begins with empty lines".into()));
        }
        let mut fields = Fields::default();
        for header in parsed.headers.iter() {
            fields.push(header.name, header.value);
        }
        Ok(Self {
            status: parsed.code.unwrap_or_default(),
            reason: parsed.reason.unwrap_or_default().to_owned(),
            http10: parsed.version == Some(0),
            fields,
        })
    }

    /// The body that follows, if it answers a request of that method.
    ///
    /// # Errors
    /// It states its length badly.
    pub fn body(&self, method: &str) -> Result<Body, ReplyError> {
        Body::of_reply(method, self.status, &self.fields)
    }

    /// Whether the connection can carry another answer: not behind one that another reader ends elsewhere.
    pub fn keeps_alive(&self) -> bool {
        !self.http10 && !self.fields.lists("connection", "close") && !self.is_equivocal()
    }

    /// Whether it states two lengths, or one where there is no body (RFC 9112, 6.3).
    fn is_equivocal(&self) -> bool {
        let has = |name| self.fields.raw(name).next().is_some();
        let is_sized = self.fields.raw("content-length").any(|length| length != b"0");
        let is_chunked = has("transfer-encoding");
        (is_chunked && has("content-length")) || (self.status == 204 && (is_chunked || is_sized))
    }

    /// Of class 2xx.
    pub fn is_success(&self) -> bool {
        self.status / 100 == 2
    }

    /// Leads to its `Location`.
    pub fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}
