//! Why Docker Hub gave no answer.

use web::{RetryAfter, WebError};

/// Why Docker Hub gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HubError {
    /// Docker Hub does not accept the login, or the bearer token has run out.
    #[error(
        "Docker Hub does not accept the login; check the user name, and use an access token if the account has a second factor"
    )]
    Refused,
    /// Docker Hub knows the person and does not show them this.
    #[error("Docker Hub does not show this to the account; ask an owner of the organization to export it")]
    Forbidden,
    /// Docker Hub has no such organization, or hides it from the account.
    #[error("Docker Hub knows no such organization; check its name and the account's membership")]
    NotFound,
    /// Docker Hub is asked too often from here.
    #[error("Docker Hub is asked too often from this network and will be asked again later")]
    Busy {
        /// When it wants to be asked again.
        retry_after: Option<RetryAfter>,
    },
    /// Something before Docker Hub turned the request away. It says nothing about the login.
    #[error(
        "Docker Hub's entrance turned the request away (status {code}); this says nothing about the login: try again later, or from another network"
    )]
    TurnedAway {
        /// The status of HTTP.
        code: u16,
    },
    /// Docker Hub could not be asked.
    #[error(transparent)]
    Web(#[from] WebError),
}
