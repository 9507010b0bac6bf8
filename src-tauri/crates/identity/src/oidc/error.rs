//! Why a sign-in or a renewal came to nothing, in sentences that end with what to do.

use std::io;

use secret::Secret;
use web::WebError;

use super::IdTokenError;
use super::id_token::Rejected;
use super::token::{Refusal, TokenError};

/// Why a sign-in came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The person, or an administrator of the provider, said no.
    #[error("the sign-in was declined{}", declined(.0.as_ref()))]
    Denied(Option<String>),
    /// Nobody finished it in time.
    #[error("the sign-in was not finished in time; start it again")]
    TimedOut,
    /// The provider refused this program or this request.
    #[error("the provider refused the sign-in ({refusal}); {advice}")]
    Refused {
        /// Its own words.
        refusal: Refusal,
        /// What to do now, and who does it.
        advice: String,
    },
    /// The browser came back from a provider other than the enrolled one.
    #[error("the browser came back from another provider than the enrolled one; start the sign-in again")]
    OtherIssuer,
    /// The provider's statement about the person cannot be relied on.
    #[error("the provider's answer cannot be relied on: {0}")]
    IdToken(#[from] IdTokenError),
    /// The provider has no such way to sign in.
    #[error("the provider offers no sign-in with a code; sign in with a browser on this machine")]
    NoDeviceGrant,
    /// No port of this machine is free for the way back from the browser.
    #[error(
        "no port on this machine is free for the browser's answer ({}{why}); close what uses it, then start again",
        listed(ports)
    )]
    Listen {
        /// The ports that the enrollment allows; none is any.
        ports: Vec<u16>,
        /// What stood in the way at the last one.
        #[source]
        why: io::Error,
    },
    /// The system has no randomness.
    #[error("this machine gave no random numbers ({0}); restart it, then sign in again")]
    Random(#[from] getrandom::Error),
    /// The provider could not be asked.
    #[error(transparent)]
    Web(#[from] WebError),
}

impl From<TokenError> for SignInError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Refused(refusal) if refusal.error == "access_denied" => {
                Self::Denied(refusal.description)
            }
            TokenError::Refused(refusal) => {
                let advice = "ask whoever manages it to check the registration of Pullgate".to_owned();
                Self::Refused { refusal, advice }
            }
            TokenError::Web(error) => Self::Web(error),
        }
    }
}

impl From<Rejected> for SignInError {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::IdToken(why) => Self::IdToken(why),
            Rejected::Web(error) => Self::Web(error),
        }
    }
}

impl SignInError {
    /// Whether the browser's answer has no port because all of them are taken.
    pub fn is_port_taken(&self) -> bool {
        matches!(self, Self::Listen { why, .. } if why.kind() == io::ErrorKind::AddrInUse)
    }
}

/// What the provider says of its no, which may as well be its own or an administrator's.
fn declined(description: Option<&String>) -> String {
    let again = "; sign in again and choose to allow it";
    match description {
        Some(said) => format!(" ({said}){again}, or ask your organization what stands against it"),
        None => again.to_owned(),
    }
}

fn listed(ports: &[u16]) -> String {
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    if ports.is_empty() { String::new() } else { format!("{}: ", ports.join(", ")) }
}

/// Why a renewal came to nothing. Only [`RenewError::InvalidGrant`] says that the session is over.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// The provider said in so many words that the refresh token is no longer good.
    #[error("the provider ended the session; sign in again")]
    InvalidGrant,
    /// The provider refused for another reason, which says nothing about the session.
    #[error(
        "the provider refused to renew the session ({0}); ask whoever manages it to check the registration of Pullgate"
    )]
    Refused(Refusal),
    /// The provider renewed, but its statement about the person cannot be relied on.
    #[error("the provider's answer cannot be relied on: {why}")]
    Unusable {
        /// The refresh token that now is the good one: keep it, the one before may be used up.
        refresh: Secret,
        /// What is wrong with the statement.
        why: IdTokenError,
    },
    /// The provider renewed, and did not say what is needed about the person.
    #[error("the provider renewed the session and did not vouch for the person: {why}")]
    Unproven {
        /// The refresh token that now is the good one: keep it, the one before may be used up.
        refresh: Secret,
        /// What kept it from saying so.
        why: Unproven,
    },
    /// Something failed before the refresh token was sent, so it is as good as it was.
    #[error(transparent)]
    NotSent(WebError),
    /// The provider was asked with the refresh token, and no whole answer came.
    #[error(transparent)]
    Web(WebError),
}

/// What kept a provider that renewed from saying about the person what is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Its userinfo endpoint said no to the token it had just given.
    #[error(
        "its userinfo endpoint refused the new token; ask whoever manages the provider to put the claims into the ID token"
    )]
    Refused,
    /// Its userinfo endpoint or its keys could not be had.
    #[error(transparent)]
    Web(WebError),
}

impl From<TokenError> for RenewError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Refused(refusal) if refusal.is_invalid_grant() => Self::InvalidGrant,
            TokenError::Refused(refusal) => Self::Refused(refusal),
            TokenError::Web(error) => Self::Web(error),
        }
    }
}
