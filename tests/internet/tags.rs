//! Pages of a tag list, which the warehouse gives only whole.

use http_body_util::BodyExt;
use hyper::header::{CONTENT_LENGTH, HeaderValue, LINK};
use serde_json::{Value, json};

use crate::body::{Answer, full};

/// The page that a query asks for: `n` tags after `last`, with a link to the next one.
pub(crate) async fn page(answer: Answer, query: &str) -> Answer {
    let field = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let (mut parts, body) = answer.into_parts();
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let Ok(list) = serde_json::from_slice::<Value>(&bytes) else {
        return Answer::from_parts(parts, full(bytes));
    };
    let (Some(name), Some(tags)) = (list["name"].as_str(), list["tags"].as_array()) else {
        return Answer::from_parts(parts, full(bytes));
    };
    let mut tags: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
    tags.sort_unstable();
    let last = field("last").unwrap_or_default();
    tags.retain(|&tag| tag > last);
    let size = field("n").and_then(|size| size.parse().ok()).unwrap_or(usize::MAX);
    let more = tags.len() > size;
    tags.truncate(size);
    if let (true, Some(last)) = (more, tags.last()) {
        let link = format!("</v2/{name}/tags/list?last={last}&n={size}>; rel=\"next\"");
        parts.headers.insert(LINK, HeaderValue::from_str(&link).expect("names and tags are printable"));
    }
    let text = json!({"name": name, "tags": tags}).to_string();
    parts.headers.insert(CONTENT_LENGTH, text.len().into());
    Answer::from_parts(parts, full(text))
}
