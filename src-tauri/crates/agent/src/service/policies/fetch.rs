//! A policy on the web: what is new of it, asked for with the tags of what is held.

use std::collections::BTreeMap;

use identity::web::{Client, Request, Response, Trouble, WebError};
use policy::signed::{Set, named_catalog};

use super::local::{Bytes, TRUST, plain};

/// An envelope is a third longer than what is in it.
const LIMIT: u64 = 24 * 1024 * 1024;
const POLICY: &str = "policy.json";

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

/// Fetches the set below `base`. Files that are as they were cost no transfer.
pub(super) async fn fetch(
    client: &Client,
    base: &str,
    held: Option<&Set>,
    tags: &Tags,
) -> Result<Fetched, WebError> {
    let mut asked = Asked { client, base, tags, fresh: Tags::new(), date: None };
    let trust = asked.file(TRUST, held.and_then(Set::trust_bytes)).await?;
    let policy = asked.file(POLICY, held.map(Set::policy_bytes)).await?;
    let catalog = match named_catalog(&policy) {
        None => None,
        Some(named) => {
            let name = plain(&named.url).map_err(|why| WebError::invalid(base, why))?;
            Some(asked.file(name, held.and_then(Set::catalog_bytes)).await?)
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
    async fn file(&mut self, name: &str, held: Option<&[u8]>) -> Result<Vec<u8>, WebError> {
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
        if let Some(tag) = answer.etag() {
            self.fresh.insert(name.to_owned(), tag.to_owned());
        }
        Ok(answer.body)
    }
}

/// A web page in place of a document is the word of something in between.
fn whole(answer: Response) -> Result<Response, WebError> {
    let page = answer.is_page() || answer.body.trim_ascii_start().first() == Some(&b'<');
    if page { Err(answer.error(Trouble::CaptivePortal)) } else { Ok(answer) }
}
