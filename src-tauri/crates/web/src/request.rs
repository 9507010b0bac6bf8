//! A request, which can only be made for an address that may be asked.

use std::net::IpAddr;

use base64::prelude::{BASE64_STANDARD, Engine};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, IF_NONE_MATCH};
use reqwest::{Body, Method, Url};
use secret::Secret;
use serde::Serialize;
use url::form_urlencoded::{self, Serializer};

use super::WebError;

/// One request to a provider.
pub struct Request {
    inner: reqwest::Request,
    limit: Option<u64>,
}

impl Request {
    /// Asks for what is at an address: https, or http on a loopback address such as `127.0.0.1`.
    pub fn get(address: &str) -> Result<Self, WebError> {
        Self::new(Method::GET, address)
    }

    /// Sends the fields of a form.
    pub fn post_form(address: &str, fields: &[(&str, &str)]) -> Result<Self, WebError> {
        let mut request = Self::new(Method::POST, address)?;
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        request.fill("application/x-www-form-urlencoded", form);
        Ok(request)
    }

    /// Sends a value as JSON.
    pub fn post_json(address: &str, value: &impl Serialize) -> Result<Self, WebError> {
        let mut request = Self::new(Method::POST, address)?;
        let text = serde_json::to_string(value);
        let text = text.map_err(|_| WebError::invalid(&request.host(), "was to get what is not JSON"))?;
        request.fill("application/json", text);
        Ok(request)
    }

    /// Shows a token to the host.
    pub fn bearer(self, token: &Secret) -> Result<Self, WebError> {
        let value = format!("Bearer {}", token.expose());
        let mut value = HeaderValue::try_from(value)
            .map_err(|_| WebError::invalid(&self.host(), "gave a token that cannot be sent back"))?;
        value.set_sensitive(true);
        Ok(self.with(AUTHORIZATION, value))
    }

    /// Shows the secret of a client to the host, as RFC 6749 has it in section 2.3.1.
    pub fn basic(self, client: &str, secret: &Secret) -> Result<Self, WebError> {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let login = format!("{}:{}", encoded(client), encoded(secret.expose()));
        let value = format!("Basic {}", BASE64_STANDARD.encode(login));
        let mut value = HeaderValue::try_from(value)
            .map_err(|_| WebError::invalid(&self.host(), "cannot be shown the client secret"))?;
        value.set_sensitive(true);
        Ok(self.with(AUTHORIZATION, value))
    }

    /// Asks only for what is newer than an answer with this `ETag`; the answer may have status 304.
    #[must_use]
    pub fn unless(self, etag: &str) -> Self {
        match HeaderValue::try_from(etag) {
            Ok(value) => self.with(IF_NONE_MATCH, value),
            Err(_) => self,
        }
    }

    /// Says that JSON is wanted.
    #[must_use]
    pub fn want_json(self) -> Self {
        self.with(ACCEPT, HeaderValue::from_static("application/json"))
    }

    /// Reads at most so many bytes of the answer, after decompression.
    #[must_use]
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.limit = Some(bytes);
        self
    }

    fn new(method: Method, address: &str) -> Result<Self, WebError> {
        Ok(Self { inner: reqwest::Request::new(method, permitted(address)?), limit: None })
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.inner.headers_mut().insert(name, value);
        self
    }

    fn fill(&mut self, kind: &'static str, body: String) {
        self.inner.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        *self.inner.body_mut() = Some(Body::from(body));
    }

    pub(super) fn host(&self) -> String {
        self.inner.url().host_str().unwrap_or_default().to_owned()
    }

    pub(super) fn limit(&self) -> Option<u64> {
        self.limit
    }

    pub(super) fn into_inner(self) -> reqwest::Request {
        self.inner
    }
}

/// Reads an address that may be asked: https, or http on a literal loopback address such as `127.0.0.1`.
pub fn permitted(address: &str) -> Result<Url, WebError> {
    let url = Url::parse(address)
        .map_err(|_| WebError::invalid(&bare(address), "is not an address; write it as `https://…`"))?;
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match url.scheme() {
        "https" if !host.is_empty() => Ok(url),
        "http" if literal.is_ok_and(|address| address.is_loopback()) => Ok(url),
        _ => Err(WebError::invalid(host, "must be asked over `https`; correct the configured address")),
    }
}

/// What can be shown of an address that cannot be read: neither its query nor a login.
fn bare(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('@').next().unwrap_or_default().chars().take(100).collect()
}
