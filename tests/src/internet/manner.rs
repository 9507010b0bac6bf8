//! The ways in which a repository of the small internet can misbehave.

use serde::{Deserialize, Serialize};

/// An order to answer the requests of a repository in a special manner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behavior {
    /// The repository in full, or `*` for all of them.
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
    /// Every answer waits this long.
    Slow {
        /// The wait.
        milliseconds: u64,
    },
    /// Blobs break off after this many bytes.
    CutsBlobs {
        /// The bytes that still arrive.
        after: u64,
    },
    /// Blobs trickle: a piece of this size, then a wait, and so on.
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

    fn refuses(status: u16, code: &str, message: &str) -> Self {
        Self::Refuses { status, code: code.to_owned(), message: message.to_owned() }
    }
}
