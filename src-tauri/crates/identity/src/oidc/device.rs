//! Sign-in on another device (RFC 8628): this machine shows a code and asks until it was entered.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secret::Secret;
use serde::Deserialize;
use tokio::time::Instant;
use web::{RetryAfter, WebErrorKind, permitted};

use super::advice::Way;
use super::discovery::Metadata;
use super::token::TokenError;
use super::{Identity, Provider, SignInError};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// A code that claims to live longer is asked for no longer than this.
const LONGEST: u64 = 60 * 60;

/// A sign-in that waits for its code to be entered somewhere. Dropping it ends it.
pub struct DeviceSignIn {
    /// What to enter.
    pub user_code: String,
    /// Where to enter it.
    pub verification_uri: String,
    /// The same place with the code already in it, for a QR code.
    pub verification_uri_complete: Option<String>,
    /// Until when it can be entered.
    pub expires: Timestamp,
    provider: Arc<Provider>,
    metadata: Metadata,
    code: Secret,
    poll: PollInterval,
    deadline: Instant,
}

#[derive(Deserialize)]
struct Given {
    device_code: Secret,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: u64,
    interval: Option<u64>,
}

impl DeviceSignIn {
    pub(super) async fn begin(provider: Arc<Provider>) -> Result<Self, SignInError> {
        let metadata = provider.discover().await?;
        let endpoint = metadata.device_authorization_endpoint.as_deref().ok_or(SignInError::NoDeviceGrant)?;
        let scope = provider.scope(&metadata);
        // Auth0 wants its `audience` here, too; who does not know a parameter passes it over.
        let fields: Vec<_> = [("scope", scope.as_str())].into_iter().chain(provider.parameters()).collect();
        let answer = provider.post(endpoint, &metadata, provider.device_client(), &fields).await;
        let answer = answer.map_err(|error| provider.advised(error.into(), Way::Device, &metadata))?;
        let given: Given = answer.json()?;
        let verification_uri = permitted(&given.verification_uri)?.into();
        let complete = given.verification_uri_complete.as_deref().and_then(|uri| permitted(uri).ok());
        let life = Duration::from_secs(given.expires_in.min(LONGEST));
        let now = (provider.config.now)();
        let expires = now.saturating_add(SignedDuration::try_from(life).unwrap_or_default()).unwrap_or(now);
        Ok(Self {
            user_code: given.user_code.chars().filter(|letter| !letter.is_control()).take(64).collect(),
            verification_uri,
            verification_uri_complete: complete.map(Into::into),
            expires,
            provider,
            metadata,
            code: given.device_code,
            poll: PollInterval::new(given.interval),
            deadline: Instant::now().checked_add(life).unwrap_or_else(Instant::now),
        })
    }

    /// Asks until the code was entered, declined or has expired. Trouble on the way is waited out.
    pub async fn finish(mut self) -> Result<Identity, SignInError> {
        let result = self.asked().await;
        result.map_err(|error| self.provider.advised(error, Way::Device, &self.metadata))
    }

    async fn asked(&mut self) -> Result<Identity, SignInError> {
        let mut wait = self.poll.interval();
        loop {
            if wait >= self.deadline.saturating_duration_since(Instant::now()) {
                tokio::time::sleep_until(self.deadline).await;
                return Err(SignInError::TimedOut);
            }
            tokio::time::sleep(wait).await;
            let fields = [("grant_type", GRANT), ("device_code", self.code.expose())];
            let client = self.provider.device_client();
            let asked = self.provider.ask_tokens(&self.metadata, client, &fields).await;
            wait = match asked {
                Ok((tokens, date)) => {
                    let person = self.provider.person(&self.metadata, client, &tokens, None).await?;
                    return Ok(person.with_tokens(tokens, None, date));
                }
                Err(TokenError::Refused(refusal)) if refusal.error == "expired_token" => {
                    return Err(SignInError::TimedOut);
                }
                Err(TokenError::Refused(refusal)) => match self.poll.after_refusal(&refusal.error) {
                    Some(wait) => wait,
                    None => return Err(TokenError::Refused(refusal).into()),
                },
                Err(TokenError::Web(error)) => {
                    tracing::debug!(%error, "the provider is asked again for the sign-in");
                    self.poll.after_trouble(asked_to_wait(&error.kind, (self.provider.config.now)()))
                }
            };
        }
    }
}

fn asked_to_wait(kind: &WebErrorKind, now: Timestamp) -> Option<Duration> {
    match kind {
        WebErrorKind::Status { retry_after, .. } => retry_after.map(|when: RetryAfter| when.wait(now)),
        WebErrorKind::Dns
        | WebErrorKind::Connect { .. }
        | WebErrorKind::Certificate { .. }
        | WebErrorKind::Proxy { .. }
        | WebErrorKind::Tls
        | WebErrorKind::Timeout
        | WebErrorKind::TooLarge { .. }
        | WebErrorKind::Truncated
        | WebErrorKind::CaptivePortal
        | WebErrorKind::Invalid { .. } => None,
    }
}

/// RFC 8628, section 3.2, where the provider names none.
const UNNAMED: u64 = 5;
/// RFC 8628, section 3.5.
const SLOWER: Duration = Duration::from_secs(5);
/// While the network is away.
const MOST: Duration = Duration::from_secs(30);

/// A host that asks for more is asked again after this time: the code is worth nothing by then, mostly.
const MOST_ASKED: Duration = Duration::from_secs(30 * 60);

/// The interval between two questions, which only grows.
struct PollInterval(Duration);

impl PollInterval {
    fn new(seconds: Option<u64>) -> Self {
        Self(Duration::from_secs(seconds.unwrap_or(UNNAMED).clamp(1, 60)))
    }

    fn interval(&self) -> Duration {
        self.0
    }

    /// Nothing if asking again is of no use.
    fn after_refusal(&mut self, error: &str) -> Option<Duration> {
        match error {
            "authorization_pending" => {}
            "slow_down" => self.0 = self.0.saturating_add(SLOWER),
            _ => return None,
        }
        Some(self.0)
    }

    /// Longer than usual, and as long as the host asked for.
    fn after_trouble(&self, asked: Option<Duration>) -> Duration {
        let usual = self.0.saturating_mul(2).min(MOST).max(self.0);
        usual.max(asked.unwrap_or_default().min(MOST_ASKED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn slow_down_makes_every_later_wait_five_seconds_longer() {
        let mut interval = PollInterval::new(Some(3));
        let waits = ["authorization_pending", "slow_down", "authorization_pending", "slow_down"]
            .map(|error| interval.after_refusal(error));
        assert_eq!(waits, [3, 8, 8, 13].map(|count| Some(seconds(count))));
    }

    #[test]
    fn another_refusal_ends_the_asking() {
        let mut interval = PollInterval::new(None);
        assert_eq!((interval.interval(), interval.after_refusal("access_denied")), (seconds(5), None));
    }

    #[test]
    fn trouble_is_waited_out_longer_and_as_long_as_the_host_asks() {
        let waits = [Some(2), Some(20), Some(60)].map(|named| PollInterval::new(named).after_trouble(None));
        assert_eq!(waits, [4, 30, 60].map(seconds));
        assert_eq!(PollInterval::new(Some(2)).after_trouble(Some(seconds(90))), seconds(90));
    }

    #[test]
    fn no_host_is_waited_for_longer_than_any_code_lives() {
        for asked in [MOST_ASKED.saturating_mul(2), Duration::from_secs(u64::MAX), Duration::MAX] {
            assert_eq!(PollInterval::new(Some(u64::MAX)).after_trouble(Some(asked)), MOST_ASKED);
        }
        let mut interval = PollInterval(Duration::MAX);
        assert_eq!(interval.after_refusal("slow_down"), Some(Duration::MAX));
    }

    #[test]
    fn a_provider_cannot_make_the_asking_a_busy_loop() {
        assert_eq!(PollInterval::new(Some(0)).interval(), seconds(1));
    }
}
