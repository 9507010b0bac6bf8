//! What persons' files say of where images come from, in whatever file they say it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::lines;

/// A proxy the machine used before us, as its owner wrote it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proxies {
    /// For `http` requests.
    pub http: Option<String>,
    /// For `https` requests.
    pub https: Option<String>,
    /// Where no proxy is used.
    pub no_proxy: Option<String>,
}

impl Proxies {
    /// Whether there is no proxy.
    pub fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.as_deref().map(lines::without_passwords);
        f.debug_struct("Proxies")
            .field("http", &shown(&self.http))
            .field("https", &shown(&self.https))
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

/// Where a person's own configuration sends a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redirect {
    /// The names it is for: `docker.io`, `docker.io/acme`, `*.acme.example`.
    pub prefix: String,
    /// Where they really are, when that is elsewhere.
    pub location: Option<String>,
    /// What is asked first.
    pub mirrors: Vec<String>,
}
