//! An answer that was read to its end.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{CONTENT_TYPE, DATE, ETAG, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{WebError, WebErrorKind};

/// A whole answer.
pub struct Response {
    pub(super) host: String,
    /// The status of HTTP.
    pub status: u16,
    pub(super) headers: HeaderMap,
    /// The bytes, decompressed.
    pub body: Vec<u8>,
}

impl Response {
    /// The host that answered.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// A header that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What to name in [`super::Request::unless`] next time.
    pub fn etag(&self) -> Option<&str> {
        self.header(ETAG.as_str())
    }

    /// What time it is for the host.
    pub fn date(&self) -> Option<Timestamp> {
        date(self.header(DATE.as_str())?)
    }

    /// When the host wants to be asked again.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        let text = self.header(RETRY_AFTER.as_str())?;
        let seconds = text.trim().parse().ok().map(RetryAfter::Seconds);
        seconds.or_else(|| date(text).map(RetryAfter::At))
    }

    /// What the host says its answer is, such as `application/json`.
    pub fn content_type(&self) -> Option<&str> {
        let whole = self.header(CONTENT_TYPE.as_str())?;
        whole.split(';').next().map(str::trim)
    }

    /// Whether the host says its answer is JSON.
    pub fn is_json(&self) -> bool {
        let kind = self.content_type().unwrap_or_default().to_ascii_lowercase();
        kind == "application/json" || kind.ends_with("+json")
    }

    /// Whether a web page came.
    pub fn is_page(&self) -> bool {
        let kind = self.content_type().unwrap_or_default();
        kind.eq_ignore_ascii_case("text/html") || kind.eq_ignore_ascii_case("application/xhtml+xml")
    }

    /// This answer, unless its status is an error.
    pub fn success(self) -> Result<Self, WebError> {
        if (200..300).contains(&self.status) { Ok(self) } else { Err(self.failure()) }
    }

    /// The error that the status stands for.
    pub fn failure(&self) -> WebError {
        self.error(WebErrorKind::Status { code: self.status, retry_after: self.retry_after() })
    }

    /// The value of a successful answer in JSON.
    pub fn json<T: DeserializeOwned>(self) -> Result<T, WebError> {
        let answer = self.success()?;
        let page = answer.is_page() || answer.body.trim_ascii_start().first() == Some(&b'<');
        if page && !answer.is_json() {
            return Err(answer.error(WebErrorKind::CaptivePortal));
        }
        serde_json::from_slice(&answer.body).map_err(|error| answer.unreadable(&error))
    }

    /// The error is described by its place alone: its own words would quote the answer.
    fn unreadable(&self, error: &serde_json::Error) -> WebError {
        let what = match error.classify() {
            Category::Io | Category::Eof => "broken off",
            Category::Syntax => "not JSON",
            Category::Data => "JSON of another shape than expected",
        };
        let place = format!("line {}, column {}", error.line(), error.column());
        let why = format!("sent an answer that is {what} ({place}); check the configured address");
        self.error(WebErrorKind::Invalid { why })
    }

    /// An error of the host that answered.
    pub fn error(&self, kind: WebErrorKind) -> WebError {
        WebError::new(&self.host, kind)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {} from `{}`, {} bytes", self.status, self.host, self.body.len())
    }
}

/// When a host wants to be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds from when it said so.
    Seconds(u64),
    /// At this time.
    At(Timestamp),
}

impl RetryAfter {
    /// How long to wait if it is now that the host said so.
    pub fn wait(self, now: Timestamp) -> Duration {
        match self {
            Self::Seconds(seconds) => Duration::from_secs(seconds),
            Self::At(time) => Duration::try_from(time.duration_since(now)).unwrap_or_default(),
        }
    }
}

fn date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}
