//! Words nobody can guess.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};

/// 256 bits as 43 letters that need no escape in an address.
pub(super) fn word() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
