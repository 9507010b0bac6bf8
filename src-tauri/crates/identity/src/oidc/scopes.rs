//! Which scopes a sign-in asks for.

use super::Provider;
use super::discovery::Metadata;

/// What is asked for where the enrollment names nothing: a name that people know, and a refresh token.
pub const USUAL_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

impl Provider {
    /// Scopes that the enrollment names are asked for as they are. The usual ones are not asked of a provider that
    /// lists its scopes without them, as Google does without `offline_access`: it would refuse the whole sign-in.
    pub(super) fn scope(&self, metadata: &Metadata) -> String {
        let wanted: Vec<&str> = match &self.config.scopes {
            Some(named) => named.iter().map(String::as_str).collect(),
            None => USUAL_SCOPES.into_iter().filter(|scope| metadata.offers(scope)).collect(),
        };
        let others = wanted.into_iter().filter(|scope| *scope != "openid");
        std::iter::once("openid").chain(others).collect::<Vec<_>>().join(" ")
    }
}

impl Metadata {
    /// Whether a scope may be asked for: a provider that lists none leaves that open.
    pub(super) fn offers(&self, scope: &str) -> bool {
        match self.scopes_supported.as_deref() {
            None | Some([]) => true,
            Some(listed) => listed.iter().any(|known| known == scope),
        }
    }
}
