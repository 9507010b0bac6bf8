//! What to do about a provider's no: which key of the enrollment, or which setting of the registration, and who
//! changes it. Providers name the same thing by different codes, so what they say beside the code counts, too.

use super::discovery::Metadata;
use super::{Provider, Refusal, Registration, SignInError};

/// The way of a sign-in that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Browser,
    Device,
}

impl Provider {
    /// The error with what to do about it, where it is a refusal.
    pub(super) fn advised(&self, error: SignInError, way: Way, metadata: &Metadata) -> SignInError {
        let SignInError::Refused { refusal, .. } = error else { return error };
        let advice = self.advice(&refusal, way, metadata);
        SignInError::Refused { refusal, advice }
    }

    fn advice(&self, refusal: &Refusal, way: Way, metadata: &Metadata) -> String {
        let said = refusal.description.as_deref().unwrap_or_default().to_ascii_lowercase();
        let client = self.client_by(way);
        let (who, id) = (&self.config.organization, &client.client_id);
        match refusal.error.as_str() {
            "invalid_scope" => self.about_scopes(metadata),
            _ if said.contains("redirect") => {
                let addresses = self.config.redirects().join("`, `");
                format!("{who} has to register `{addresses}` with it for the client `{id}`")
            }
            "invalid_client" | "invalid_request" | "unauthorized_client"
                if client.client_secret.is_none() && said.contains("secret") =>
            {
                about_secret(who, way, self.config.device_client.is_some())
            }
            "invalid_client" | "unauthorized_client" | "unsupported_grant_type" if way == Way::Device => {
                format!(
                    "{who} has to allow the device authorization grant for the client `{id}` there, or to name the \
                     client for it as `identity.device_client_id` in the enrollment; until then sign in with a \
                     browser on this machine"
                )
            }
            "invalid_client" if client.client_secret.is_none() => format!(
                "{who} has to correct `identity.client_id` in the enrollment, which says `{id}`, or, where the \
                 provider wants a secret of it, to add `identity.client_secret`"
            ),
            "invalid_client" => format!(
                "{who} has to correct `identity.client_id` and the client secret in the enrollment, which says `{id}`"
            ),
            "unauthorized_client" | "unsupported_response_type" | "unsupported_grant_type" => format!(
                "{who} has to allow the authorization code grant with PKCE for the client `{id}` there, and refresh tokens"
            ),
            "invalid_target" | "invalid_resource" => {
                format!("{who} has to correct `identity.parameters` in the enrollment")
            }
            "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
                format!("start again; if it stays so, {who} has to look at `prompt` in `identity.parameters`")
            }
            "server_error" | "temporarily_unavailable" => "try again in some minutes".to_owned(),
            "invalid_grant" => "start the sign-in again".to_owned(),
            _ => format!(
                "ask {who} to check the registration of the client `{id}` there, and `[identity]` of the enrollment"
            ),
        }
    }

    fn about_scopes(&self, metadata: &Metadata) -> String {
        let who = &self.config.organization;
        let scope = self.scope(metadata);
        let unknown: Vec<&str> = scope.split(' ').filter(|scope| !metadata.offers(scope)).collect();
        let unknown = match unknown.as_slice() {
            [] => String::new(),
            unknown => format!(", and the provider does not list `{}`", unknown.join("`, `")),
        };
        let asked = match self.config.scopes {
            Some(_) => format!("`identity.scopes` in the enrollment asks for `{scope}`{unknown}"),
            None => format!("the enrollment has no `identity.scopes`, so `{scope}` was asked for"),
        };
        format!("{asked}; {who} has to name there only scopes that this client may ask for")
    }

    fn client_by(&self, way: Way) -> &Registration {
        match way {
            Way::Browser => &self.config.client,
            Way::Device => self.device_client(),
        }
    }

    /// Who this program is where a code is entered elsewhere.
    pub(super) fn device_client(&self) -> &Registration {
        self.config.device_client.as_ref().unwrap_or(&self.config.client)
    }

    /// Who this program was when the person of these claims signed in: a refresh token is good for nobody else.
    pub(super) fn client_of(&self, claims: &serde_json::Map<String, serde_json::Value>) -> &Registration {
        let is_for = |client: &&Registration| match claims.get("aud") {
            Some(serde_json::Value::Array(all)) => all.iter().any(|one| one == &client.client_id),
            Some(one) => one == &client.client_id,
            None => false,
        };
        self.config.device_client.as_ref().filter(is_for).unwrap_or(&self.config.client)
    }

    /// What the enrollment adds when a sign-in begins.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.config.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn about_secret(who: &str, way: Way, has_device_client: bool) -> String {
    let key = match (way, has_device_client) {
        (Way::Device, true) => "`identity.device_client_secret`",
        (Way::Browser, _) | (Way::Device, false) => {
            "`identity.client_secret` (or `identity.client_secret_file`)"
        }
    };
    format!("{who} has to add {key} to the enrollment, or to make Pullgate a public client there")
}
