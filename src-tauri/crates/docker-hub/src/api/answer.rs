//! Telling Docker Hub's own "no" from that of whatever stands before it.

use jiff::Timestamp;
use web::{Response, RetryAfter};

use super::HubError;

/// What an answer that is not a success means.
pub(super) fn refusal(answer: &Response) -> Option<HubError> {
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
