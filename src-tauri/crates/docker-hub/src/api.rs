//! Docker Hub as the provider of identity and as a source of policy. Only Docker Hub's own, plain "no" counts as a
//! refusal; whatever a proxy, a bot check or a limit answers is trouble on the way.

use jiff::Timestamp;
use secret::Secret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use web::{Client, Request, Response, RetryAfter, WebError};

mod membership;
mod settings;

pub use membership::{Membership, Organization, Role};
pub(crate) use settings::Registry;

/// Docker Hub itself.
pub const ADDRESS: &str = "https://hub.docker.com";

/// Speaks with Docker Hub.
pub struct Hub {
    address: String,
    web: Client,
}

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

impl Hub {
    /// Docker Hub at [`ADDRESS`], or what stands in for it.
    pub fn new(address: &str, web: Client) -> Self {
        Self { address: address.trim_end_matches('/').to_owned(), web }
    }

    /// Exchanges a user name and a password or access token for a bearer token, which is good for ten minutes.
    pub async fn sign_in(&self, account: &str, secret: &Secret) -> Result<Secret, HubError> {
        #[derive(Deserialize)]
        struct Given {
            access_token: Secret,
        }
        let login = json!({ "identifier": account, "secret": secret.expose() });
        let request = Request::post_json(&format!("{}/v2/auth/token", self.address), &login)?;
        let given: Given = self.ask(request).await?;
        Ok(given.access_token)
    }

    /// The user name that a bearer token stands for.
    pub(crate) async fn whoami(&self, bearer: &Secret) -> Result<String, HubError> {
        #[derive(Deserialize)]
        struct User {
            username: String,
        }
        let user: User = self.get("/v2/user/", bearer).await?;
        Ok(user.username)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, bearer: &Secret) -> Result<T, HubError> {
        let request = Request::get(&format!("{}{path}", self.address))?;
        self.ask(request.bearer(bearer)?).await
    }

    async fn ask<T: DeserializeOwned>(&self, request: Request) -> Result<T, HubError> {
        let answer = self.web.send(request.want_json()).await?;
        refusal(&answer).map_or_else(|| Ok(answer.json()?), Err)
    }

    fn invalid(&self, why: &str) -> HubError {
        HubError::Web(WebError::invalid("Docker Hub", why))
    }
}

/// What an answer that is not a success means.
fn refusal(answer: &Response) -> Option<HubError> {
    let own = answer.is_json();
    match answer.status {
        200..=299 => None,
        429 => Some(HubError::Busy { retry_after: retry_after(answer) }),
        401 if own => Some(HubError::Refused),
        403 if own => Some(HubError::Forbidden),
        404 if own => Some(HubError::NotFound),
        code @ (401 | 403 | 404) => Some(HubError::TurnedAway { code }),
        _ => Some(HubError::Web(answer.failure())),
    }
}

/// Docker Hub's own header has a time in seconds since 1970, where the standard one has a number of seconds.
fn retry_after(answer: &Response) -> Option<RetryAfter> {
    let time = answer.header("x-retry-after").and_then(|text| text.trim().parse().ok());
    let time = time.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map(RetryAfter::At).or_else(|| answer.retry_after())
}

#[cfg(test)]
mod tests;
