//! A policy on the web: what is new of it, asked for with the tags of what is held.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, fmt::rfc2822::DateTimeParser};
use policy_bundle::{PolicyBundle, named_catalog};
use thiserror::Error;
use web::{Client, Request, Response, WebError, WebErrorKind};

use super::local::{Bytes, TRUST};

/// An envelope is a third longer than what is in it.
const LIMIT: u64 = 24 * 1024 * 1024;
const POLICY: &str = "policy.json";
/// Web servers make their tags of the size and the second: what was written just now may be replaced under the same one.
const SETTLED: SignedDuration = SignedDuration::from_secs(2);

/// The tags under which what is held was served, by file.
pub(super) type Tags = BTreeMap<String, String>;

/// What a policy host has.
pub(super) struct Fetched {
    pub(super) bytes: Bytes,
    /// The tags to ask with next time, if this is accepted.
    pub(super) tags: Tags,
    /// What time it is for the host.
    pub(super) date: Option<jiff::Timestamp>,
}

/// Why a set did not come.
#[derive(Debug, Error)]
pub(super) enum FetchError {
    /// A file did not come.
    #[error("`{file}` did not come: {error}")]
    File { file: String, error: WebError },
    /// Nothing could be asked.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The policy sends machines elsewhere.
    #[error("in the policy, {0}; publish the catalog beside it and write its plain name")]
    Catalog(String),
}

impl FetchError {
    /// For how long the host wants to be left alone, if it now said so.
    pub(super) fn pause(&self) -> Option<Duration> {
        let Self::File { error: WebError { kind: WebErrorKind::Status { retry_after, .. }, .. }, .. } = self
        else {
            return None;
        };
        retry_after.map(|wanted| wanted.wait(host::clock::now()))
    }
}

/// Fetches the set below `base`. Files that are as they were cost no transfer.
pub(super) async fn fetch(
    client: &Client,
    base: &str,
    held: Option<&PolicyBundle>,
    tags: &Tags,
) -> Result<Fetched, FetchError> {
    let mut asked = Asked { client, base, tags, fresh: Tags::new(), date: None };
    let trust = asked.file(TRUST, held.and_then(PolicyBundle::trust_bytes)).await?;
    let policy = asked.file(POLICY, held.map(PolicyBundle::policy_bytes)).await?;
    let catalog = match named_catalog(&policy) {
        None => None,
        Some(named) => {
            let name = named.file_name().map_err(|refusal| FetchError::Catalog(refusal.to_string()))?;
            Some(asked.file(name, held.and_then(PolicyBundle::catalog_bytes)).await?)
        }
    };
    let bytes = Bytes { trust: Some(trust), policy, catalog };
    Ok(Fetched { bytes, tags: asked.fresh, date: asked.date })
}

struct Asked<'a> {
    client: &'a Client,
    base: &'a str,
    tags: &'a Tags,
    fresh: Tags,
    date: Option<jiff::Timestamp>,
}

impl Asked<'_> {
    async fn file(&mut self, name: &str, held: Option<&[u8]>) -> Result<Vec<u8>, FetchError> {
        self.content(name, held).await.map_err(|error| match error.kind {
            // A host that cannot be asked says nothing of the file.
            WebErrorKind::Dns
            | WebErrorKind::Connect { .. }
            | WebErrorKind::Certificate { .. }
            | WebErrorKind::Proxy { .. }
            | WebErrorKind::Tls
            | WebErrorKind::Timeout => error.into(),
            WebErrorKind::TooLarge { .. }
            | WebErrorKind::Truncated
            | WebErrorKind::CaptivePortal
            | WebErrorKind::Status { .. }
            | WebErrorKind::Invalid { .. } => FetchError::File { file: name.to_owned(), error },
        })
    }

    async fn content(&mut self, name: &str, held: Option<&[u8]>) -> Result<Vec<u8>, WebError> {
        let request = Request::get(&format!("{}{name}", self.base))?.want_json().at_most(LIMIT);
        let known = held.zip(self.tags.get(name));
        let request = match known {
            Some((_, tag)) => request.unless(tag),
            None => request,
        };
        let answer = self.client.send(request).await?;
        self.date = answer.date().or(self.date);
        if let (304, Some((held, tag))) = (answer.status, known) {
            self.fresh.insert(name.to_owned(), tag.clone());
            return Ok(held.to_vec());
        }
        let answer = whole(answer.success()?)?;
        if let Some(tag) = answer.etag().filter(|_| is_settled(&answer)) {
            self.fresh.insert(name.to_owned(), tag.to_owned());
        }
        Ok(answer.body)
    }
}

/// Whether a tag of this answer means this content alone.
fn is_settled(answer: &Response) -> bool {
    let modified = answer.header("last-modified");
    let modified = modified.and_then(|text| DateTimeParser::new().parse_timestamp(text).ok());
    modified.zip(answer.date()).is_none_or(|(modified, date)| date.duration_since(modified) >= SETTLED)
}

/// A web page in place of a document is the word of something in between.
fn whole(answer: Response) -> Result<Response, WebError> {
    let page = answer.is_page() || answer.body.trim_ascii_start().first() == Some(&b'<');
    if page { Err(answer.error(WebErrorKind::CaptivePortal)) } else { Ok(answer) }
}
