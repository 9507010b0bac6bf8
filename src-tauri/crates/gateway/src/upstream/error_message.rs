//! What registries, caches and token services say of a refusal, in the forms in which they say it.

use http1::Reply;
use serde::Deserialize;
use serde_json::Value;

/// Nobody reads more in a terminal.
const LONGEST: usize = 500;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Refusal {
    errors: Vec<OciError>,
    /// GitLab, Docker Hub and Quay say it so in places.
    message: Option<String>,
    details: Option<Value>,
    detail: Option<Value>,
    error: Option<Value>,
    error_description: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OciError {
    code: Option<Value>,
    message: Option<String>,
}

/// Whether an answer says that it is JSON; some say so with a kind of their own.
pub(crate) fn is_json(reply: &Reply) -> bool {
    reply.fields.get("content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("json"))
}

/// The words of a refusal: those of the first error in JSON, of a plain line, or of the title of a page.
pub(crate) fn message(says_json: bool, body: &[u8]) -> Option<String> {
    let found = match serde_json::from_slice::<Refusal>(body) {
        Ok(refusal) => refusal.words(),
        // What claims to be JSON and is none is nothing to read.
        Err(_) if says_json => None,
        Err(_) => text(&String::from_utf8_lossy(body)),
    };
    found.map(|words| presentable(&words)).filter(|words| !words.is_empty())
}

/// The code of the first error of the distribution API.
pub(crate) fn code(body: &[u8]) -> Option<String> {
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    refusal.errors.into_iter().next()?.code?.as_str().map(str::to_owned)
}

impl Refusal {
    fn words(self) -> Option<String> {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let textual = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
        if let Some(first) = self.errors.into_iter().next() {
            return given(first.message).or(given(textual(first.code)));
        }
        given(self.message)
            .or(given(self.error_description))
            .or(given(textual(self.details)))
            .or(given(textual(self.detail)))
            .or(given(textual(self.error)))
    }
}

/// A line of text, or the title of a page for people.
fn text(body: &str) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    if body.trim_start().starts_with(['{', '[']) {
        return None;
    }
    if !body.trim_start().starts_with('<') {
        return body.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned);
    }
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    body.get(start..end).map(|title| title.replace("&amp;", "&").replace("&#39;", "'"))
}

fn presentable(words: &str) -> String {
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    let words: String = words.chars().map(plain).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

/// `Retry-After` (RFC 9110, 10.2.3) as it may be passed on: seconds, or a date in plain characters.
pub(crate) fn retry_after(value: &str) -> Option<String> {
    let value = value.trim();
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ,:".contains(&byte));
    (!value.is_empty() && value.len() <= 40 && plain).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_found_in_every_form_that_is_in_use() {
        for (body, words) in [
            (
                r#"{"errors":[{"code":"PROJECTPOLICYVIOLATION","message":"current image with 4 vulnerabilities"}]}"#,
                "current image with 4 vulnerabilities",
            ),
            (
                r#"{"errors":[{"status":403,"message":"Artifact download request rejected: x"}]}"#,
                "Artifact download request rejected: x",
            ),
            (r#"{"errors":[{"code":"DENIED","message":"","detail":null}]}"#, "DENIED"),
            (r#"{"message":"403 Forbidden"}"#, "403 Forbidden"),
            (r#"{"error":"invalid_grant","error_description":"it has ended"}"#, "it has ended"),
            (r#"{"details":"incorrect username or password"}"#, "incorrect username or password"),
            ("\nREQUESTED ITEM IS QUARANTINED\nmore", "REQUESTED ITEM IS QUARANTINED"),
            (
                "<!doctype html><TITLE lang=en>Access\n denied &amp; logged</TITLE><p>x",
                "Access denied & logged",
            ),
        ] {
            assert_eq!(message(false, body.as_bytes()).as_deref(), Some(words), "{body}");
        }
        for body in ["", " \n", "{}", "[]", "<html><p>x", r#"{"errors":[]}"#, r#"{"errors":[{}]}"#, "<title>"]
        {
            assert_eq!(message(false, body.as_bytes()), None, "{body}");
        }
        assert_eq!(message(true, b"{broken"), None);
        assert_eq!(message(false, b"{broken"), None);
        assert_eq!(message(false, "a\u{1b}[31m\r\nb".as_bytes()).as_deref(), Some("a [31m"));
        assert_eq!(message(false, "x".repeat(5000).as_bytes()).map(|words| words.len()), Some(LONGEST));
    }

    #[test]
    fn a_wait_is_passed_on_where_it_is_one() {
        assert_eq!(retry_after(" 30 ").as_deref(), Some("30"));
        assert!(retry_after("Wed, 21 Oct 2026 07:28:00 GMT").is_some());
        for strange in ["", "30\r\nX: y", "\"30\"", &"9".repeat(41)] {
            assert_eq!(retry_after(strange), None, "{strange:?}");
        }
    }
}
