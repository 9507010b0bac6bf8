//! What kept a renewal from being answered. None of it says anything about the person, so none of it ends a session.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// Why a renewal got no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Failure {
    /// The machine has no network.
    NoNetwork,
    /// The provider's name was not resolved.
    NameUnknown {
        /// The provider's host.
        host: String,
    },
    /// No connection came about, so nothing was sent.
    Unreachable {
        /// The provider's host.
        host: String,
    },
    /// A proxy stood in the way, so nothing was sent.
    Proxy {
        /// A sentence that names the proxy.
        problem: String,
    },
    /// The request was sent and no whole answer arrived: nobody here knows what the provider did.
    NoAnswer,
    /// The connection was not trusted, so nothing was sent.
    Certificate {
        /// The provider's host.
        host: String,
        /// What is wrong: `it expired on 2026-11-20`.
        problem: String,
    },
    /// Something between here and the provider put a page of its own in place of the answer.
    Portal,
    /// The provider says that it has trouble of its own: an HTTP status from 500, or `temporarily_unavailable`.
    Unavailable {
        /// The HTTP status.
        status: u16,
    },
    /// The provider had too many requests.
    Busy {
        /// How long it asks to be left alone.
        retry_after: Option<SignedDuration>,
    },
    /// The provider does not accept this client as it is set up: `invalid_client`, `unauthorized_client`, `invalid_scope`.
    Misconfigured {
        /// The error code of OAuth 2.0.
        code: String,
    },
    /// An answer that was not understood or could not be verified.
    Unusable {
        /// What is wrong with it.
        problem: String,
    },
    /// The session could not be written to disk, so nothing was sent.
    NotKept,
    /// The secret of the client could not be had, so nothing was sent.
    NoSecret {
        /// Why: `/etc/pullgate/secret` does not exist.
        problem: String,
    },
}

impl Failure {
    /// Whether the provider may have exchanged the token while its answer got lost: it was asked, and what came
    /// back was nothing, or a gateway's word for nothing.
    pub(super) fn is_uncertain(&self) -> bool {
        match self {
            Self::NoAnswer | Self::Unavailable { status: 500 | 502 | 504 } => true,
            Self::Unavailable { .. }
            | Self::NoNetwork
            | Self::NameUnknown { .. }
            | Self::Unreachable { .. }
            | Self::Proxy { .. }
            | Self::Certificate { .. }
            | Self::Portal
            | Self::Busy { .. }
            | Self::Misconfigured { .. }
            | Self::Unusable { .. }
            | Self::NotKept
            | Self::NoSecret { .. } => false,
        }
    }

    /// How long the provider asks to be left alone.
    pub(super) fn retry_after(&self) -> Option<SignedDuration> {
        match self {
            Self::Busy { retry_after } => *retry_after,
            Self::NoNetwork
            | Self::NameUnknown { .. }
            | Self::Unreachable { .. }
            | Self::Proxy { .. }
            | Self::NoAnswer
            | Self::Certificate { .. }
            | Self::Portal
            | Self::Unavailable { .. }
            | Self::Misconfigured { .. }
            | Self::Unusable { .. }
            | Self::NotKept
            | Self::NoSecret { .. } => None,
        }
    }
}
