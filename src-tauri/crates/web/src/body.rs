//! Reading an answer to its end and no further than its limit.

use reqwest::Response;

use super::WebErrorKind;

/// The limit counts what comes out of decompression, so that a small answer cannot grow without bound.
pub(super) async fn read(mut answer: Response, limit: u64) -> Result<Vec<u8>, WebErrorKind> {
    let too_large = || WebErrorKind::TooLarge { limit };
    if answer.content_length().is_some_and(|announced| announced > limit) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| broken(&error))? {
        let length = body.len().saturating_add(chunk.len());
        if u64::try_from(length).unwrap_or(u64::MAX) > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn broken(error: &reqwest::Error) -> WebErrorKind {
    if error.is_timeout() { WebErrorKind::Timeout } else { WebErrorKind::Truncated }
}
