//! Words for what others say by rules or trouble of their own: token services, registries, caches.

use super::{FailureWords, named, quoted};
use crate::render::{PHRASE_LIMIT, plain};

/// How such words begin, so that nobody takes them for a denial of Pullgate.
const NOT_OURS: &str = "not Pullgate: ";
/// The words of others are what people look for, so more of them is kept than elsewhere.
const WORDS: usize = 400;
/// Nobody waits longer than an hour because a sentence says so.
const LONGEST_WAIT: u64 = 3600;

/// What a token service said, and what to do.
pub(super) fn token_refused(
    host: &str,
    status: u16,
    message: &str,
    retry_after: Option<u64>,
) -> (String, String) {
    let (what, advice) = match status {
        200..=299 => ("answered without a token", "Try again; if it stays so, ask whoever runs it"),
        401 | 403 => ("refuses access", "Check your login for this registry"),
        429 => ("has had too many requests from here", "Wait a while, or log in for a higher limit"),
        500..=599 => ("has trouble of its own", "Try again in a while"),
        _ => ("gave an unexpected answer", "Try again; if it stays so, ask whoever runs it"),
    };
    let advice = match retry_after {
        Some(seconds @ 1..=LONGEST_WAIT) if matches!(status, 429 | 500..=599) => {
            format!("It asks to wait {seconds} s")
        }
        Some(_) | None => advice.to_owned(),
    };
    (format!("the token service {} {what}: {status}{}", named(host), quoted(message)), advice)
}

/// What a registry or cache refused by its own rules.
pub(super) fn denied(host: &str, product: Option<&str>, status: u16, message: &str) -> FailureWords {
    let product = product.map(|name| format!(" ({})", plain::clip(&plain::one_line(name), 40)));
    let whose = format!("{}{}", named(host), product.unwrap_or_default());
    let line = plain::one_line(message);
    let words = plain::clip(line.trim_end_matches('.'), WORDS);
    let words = if words.is_empty() { words } else { format!(": {words}") };
    let what = format!("{NOT_OURS}{whose} refused it with {status}{words}");
    let advice = advice(status, message);
    FailureWords {
        phrase: plain::clip(&format!("{}. {advice}", plain::ascii(&what)), PHRASE_LIMIT),
        sentence: format!("{what}. {advice}."),
    }
}

/// A login that has ended is told by a word of it; other rules only their makers can change.
fn advice(status: u16, message: &str) -> &'static str {
    let text = message.to_ascii_lowercase();
    let about_login =
        ["expired", "credential", "authenticat", "authorization", "login", "permission", "access forbidden"];
    if status == 403 && (text.is_empty() || about_login.iter().any(|word| text.contains(word))) {
        "Check your login there, or ask whoever runs it"
    } else {
        "Ask whoever runs it"
    }
}
