//! The ways in which a repository of the small internet can misbehave.

use serde::{Deserialize, Serialize};

/// An order to answer the requests of a repository in a special manner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behavior {
    /// The repository in full, or `*` for all of them; of a web host its name, or its name and one path.
    pub repository: String,
    /// How its requests are answered.
    pub manner: Manner,
}

/// A special manner of answering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Manner {
    /// Every request is refused with this status and an OCI error of these words.
    Refuses {
        /// The HTTP status.
        status: u16,
        /// The OCI error code.
        code: String,
        /// The message inside the error.
        message: String,
    },
    /// Every request is answered with exactly this.
    Answers {
        /// The HTTP status.
        status: u16,
        /// Names and values.
        headers: Vec<(String, String)>,
        /// The content.
        body: String,
    },
    /// Every answer waits this long.
    Slow {
        /// The wait.
        milliseconds: u64,
    },
    /// Blobs, and whatever a web host says, break off after this many bytes.
    CutsBlobs {
        /// The bytes that still arrive.
        after: u64,
    },
    /// Blobs, and whatever a web host says, trickle: a piece of this size, then a wait, and so on.
    Drips {
        /// The size of one piece.
        bytes: usize,
        /// The wait between two pieces.
        milliseconds: u64,
    },
    /// Blobs come from the registry itself even where it usually redirects.
    InlineBlobs,
    /// Manifests and blobs are redirected into `/v2/…` of another registry's repository.
    Redirects {
        /// Host and repository, such as `quay.io/coreos/etcd`.
        to: String,
    },
    /// Only blobs are redirected into `/v2/…` of another registry's repository.
    RedirectsBlobs {
        /// Host and repository, such as `quay.io/coreos/etcd`.
        to: String,
    },
}

impl Manner {
    /// The registry says that too many pulls were made.
    pub fn too_many_requests() -> Self {
        Self::refuses(429, "TOOMANYREQUESTS", "You have reached your unauthenticated pull rate limit.")
    }

    /// The registry does not know the manifest.
    pub fn not_found() -> Self {
        Self::refuses(404, "MANIFEST_UNKNOWN", "manifest unknown")
    }

    /// The registry wants a login and offers no way to get one.
    pub fn unauthorized() -> Self {
        Self::refuses(401, "UNAUTHORIZED", "authentication required")
    }

    /// Docker Hub refuses in the words of its own image access management.
    pub fn hub_denies(path: &str) -> Self {
        Self::refuses(
            403,
            "DENIED",
            &format!("image access restricted: {path} blocked for organization acme"),
        )
    }

    /// The host is down for now, and says for how many seconds if it knows.
    pub fn unavailable(retry_after: Option<u32>) -> Self {
        let wait = retry_after.map(|seconds| ("Retry-After".to_owned(), seconds.to_string()));
        Self::Answers { status: 503, headers: wait.into_iter().collect(), body: String::new() }
    }

    /// A page for people comes in place of what was asked: a hotel's network (200), a firewall of the host (403).
    pub fn page(status: u16) -> Self {
        let body = "<!doctype html><title>Welcome</title><p>Please accept our terms.</p>";
        Self::answers(status, "text/html; charset=utf-8", body)
    }

    /// An identity provider's token endpoint says that a grant is over.
    pub fn invalid_grant() -> Self {
        let body = r#"{"error":"invalid_grant","error_description":"grant request is invalid"}"#;
        Self::answers(400, "application/json", body)
    }

    /// Docker Hub has enough of questions until this moment, in seconds since 1970.
    pub fn hub_wants_rest(until: u64) -> Self {
        let headers = [("X-RateLimit-Remaining", "0".to_owned()), ("X-Retry-After", until.to_string())];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Self::Answers { status: 429, headers, body: r#"{"message":"Rate limit exceeded"}"#.to_owned() }
    }

    /// Every request is answered with this content.
    pub fn answers(status: u16, media: &str, body: &str) -> Self {
        let headers = vec![("Content-Type".to_owned(), media.to_owned())];
        Self::Answers { status, headers, body: body.to_owned() }
    }

    fn refuses(status: u16, code: &str, message: &str) -> Self {
        Self::Refuses { status, code: code.to_owned(), message: message.to_owned() }
    }
}
