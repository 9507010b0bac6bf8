//! What the browser brought back from the provider, judged.

use super::request::Parameters;
use crate::oidc::SignInError;
use crate::oidc::token::{Refusal, TokenError};

/// What the callback of this sign-in's browser must bring.
pub(super) struct Expected<'a> {
    pub(super) state: &'a str,
    pub(super) issuer: &'a str,
    /// Whether the provider promised to name itself (RFC 9207).
    pub(super) issuer_is_named: bool,
}

/// What a request of the callback means.
#[derive(Debug)]
pub(super) enum Judged {
    /// It is not of this sign-in, which goes on.
    Unrelated,
    /// The provider's answer: a code, or why there is none.
    Answer(Result<String, SignInError>),
}

impl Expected<'_> {
    pub(super) fn judge(&self, brought: &Parameters) -> Judged {
        if brought.state.as_deref() != Some(self.state) {
            return Judged::Unrelated;
        }
        let issuer_fits = match &brought.iss {
            Some(named) => named == self.issuer,
            None => !self.issuer_is_named,
        };
        match (&brought.error, &brought.code) {
            _ if !issuer_fits => Judged::Answer(Err(SignInError::OtherIssuer)),
            (Some(error), _) => {
                let refusal = Refusal::new(error, brought.error_description.as_deref());
                Judged::Answer(Err(TokenError::Refused(refusal).into()))
            }
            (None, Some(code)) => Judged::Answer(Ok(code.clone())),
            (None, None) => Judged::Unrelated,
        }
    }
}
