//! One request as the recorder at the far end saw it, and counts over many.

use serde::{Deserialize, Serialize};

/// A request that reached the small internet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// Milliseconds since the internet started.
    pub at: u64,
    /// The host that was asked, with its port when it is not the scheme's own.
    pub host: String,
    /// The HTTP method.
    pub method: String,
    /// Path and query as they arrived.
    pub path: String,
    /// The `User-Agent`, empty if there was none.
    pub agent: String,
    /// Whether an `Authorization` header came along; its value is never kept.
    pub authorized: bool,
    /// The answer's status.
    pub status: u16,
    /// What kind of request it was.
    pub kind: Kind,
    /// The repository it was about, such as `docker.io/library/official`.
    pub repository: Option<String>,
}

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// `GET /v2/`.
    Ping,
    /// A manifest or index.
    Manifest,
    /// A blob asked of the registry itself.
    Blob,
    /// A blob's bytes at the host a registry redirects to.
    Content,
    /// The list of tags.
    Tags,
    /// Referrers of a digest.
    Referrers,
    /// Part of a push.
    Upload,
    /// A token server.
    Token,
    /// Everything else: files, git, search.
    Other,
}

/// How often each kind of content of one repository was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Manifests fetched or probed, any method but PUT.
    pub manifests: usize,
    /// Blobs asked of the registry.
    pub blobs: usize,
    /// Blobs delivered by a content host.
    pub contents: usize,
    /// Uploads, and manifests put.
    pub pushes: usize,
    /// Tag lists and referrers.
    pub others: usize,
}

impl Count {
    /// Counts the requests about one repository.
    pub fn of(requests: &[Asked], repository: &str) -> Self {
        let mut count = Self::default();
        for asked in requests.iter().filter(|asked| asked.repository.as_deref() == Some(repository)) {
            match asked.kind {
                Kind::Manifest if asked.method == "PUT" => count.pushes += 1,
                Kind::Manifest => count.manifests += 1,
                Kind::Blob => count.blobs += 1,
                Kind::Content => count.contents += 1,
                Kind::Upload => count.pushes += 1,
                Kind::Tags | Kind::Referrers | Kind::Ping | Kind::Token | Kind::Other => count.others += 1,
            }
        }
        count
    }

    /// What came in addition since an earlier count.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            manifests: self.manifests - earlier.manifests,
            blobs: self.blobs - earlier.blobs,
            contents: self.contents - earlier.contents,
            pushes: self.pushes - earlier.pushes,
            others: self.others - earlier.others,
        }
    }

    /// Whether nothing of the repository was asked for.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Count, Kind};

    fn asked(kind: Kind, method: &str, repository: &str) -> Asked {
        Asked {
            at: 0,
            host: "registry-1.docker.io".to_owned(),
            method: method.to_owned(),
            path: String::new(),
            agent: String::new(),
            authorized: false,
            status: 200,
            kind,
            repository: Some(repository.to_owned()),
        }
    }

    #[test]
    fn only_the_named_repository_is_counted() {
        let requests = [
            asked(Kind::Manifest, "HEAD", "docker.io/acme/tool"),
            asked(Kind::Manifest, "PUT", "docker.io/acme/tool"),
            asked(Kind::Content, "GET", "docker.io/acme/tool"),
            asked(Kind::Manifest, "GET", "docker.io/acme/other"),
        ];
        let count = Count::of(&requests, "docker.io/acme/tool");
        assert_eq!(count, Count { manifests: 1, contents: 1, pushes: 1, ..Count::default() });
        assert_eq!(count.since(count), Count::default());
        assert!(Count::of(&requests, "docker.io/acme/too").is_nothing());
    }
}
