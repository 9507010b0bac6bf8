//! The userinfo endpoint, which must speak of the same person as the ID token.

use secret::Secret;
use serde_json::{Map, Value};
use web::{Request, WebError};

use super::Provider;
use super::claims::text;
use super::discovery::Metadata;

#[derive(Debug)]
pub(super) enum NoUserinfo {
    NotOffered,
    /// It answered this token with a no of its own.
    Refused,
    OtherPerson,
    Trouble(WebError),
}

impl Provider {
    pub(super) async fn userinfo(
        &self,
        metadata: &Metadata,
        access: &Secret,
        subject: &str,
    ) -> Result<Map<String, Value>, NoUserinfo> {
        let endpoint = metadata.userinfo_endpoint.as_deref().ok_or(NoUserinfo::NotOffered)?;
        let request = Request::get(endpoint).and_then(|request| request.bearer(access));
        let request = request.map_err(NoUserinfo::Trouble)?.want_json();
        let answer = self.send(request).await.map_err(NoUserinfo::Trouble)?;
        if matches!(answer.status, 401 | 403 | 404) && !answer.is_page() {
            return Err(NoUserinfo::Refused);
        }
        let claims: Map<String, Value> = answer.json().map_err(NoUserinfo::Trouble)?;
        if text(&claims, "sub") == Some(subject) { Ok(claims) } else { Err(NoUserinfo::OtherPerson) }
    }
}
