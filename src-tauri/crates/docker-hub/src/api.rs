//! Docker Hub as the provider of identity and as a source of policy. Only Docker Hub's own, plain "no" counts as a
//! refusal; whatever a proxy, a bot check or a limit answers is trouble on the way.

use secret::Secret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use web::{Client, Request, WebError};

mod answer;
mod error;
mod membership;
mod settings;

pub use error::HubError;
pub use membership::{Membership, Organization, Role};
pub(crate) use settings::Registry;

/// Docker Hub itself.
pub const ADDRESS: &str = "https://hub.docker.com";

/// Speaks with Docker Hub.
pub struct Hub {
    address: String,
    web: Client,
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
        answer::refusal(&answer).map_or_else(|| Ok(answer.json()?), Err)
    }

    fn invalid(&self, why: &str) -> HubError {
        HubError::Web(WebError::invalid("Docker Hub", why))
    }
}

#[cfg(test)]
mod tests;
