//! Checks of settings: numbers in their range, dates in their order, URLs that can be followed.

use std::collections::BTreeSet;

use super::Checked;
use super::rules::check_line;
use crate::catalog::check_replacements;
use crate::document::Document;
use crate::refusal::Refusal;

/// Checks every setting.
pub(super) fn check(document: &Document) -> Checked {
    within("/refreshSeconds", document.refresh_seconds, 30, 86_400)?;
    if document.stale_after.is_some_and(|stale| stale <= document.issued) {
        return Err(Refusal::at(
            "/staleAfter",
            "this is not after `issued`, so the policy would be too old at once",
        ));
    }
    if let Some(sign_in) = &document.sign_in {
        within("/signIn/offlineGraceHours", sign_in.offline_grace_hours, 0, 8760)?;
        within("/signIn/recheckHours", sign_in.recheck_hours, 1, 8760)?;
    }
    if document.self_service.enabled {
        within("/selfService/maxHours", document.self_service.max_hours, 1, 720)?;
    }
    messages(document)?;
    upstreams(document)?;
    if let Some(reporting) = &document.reporting {
        url("/reporting/url", &reporting.url)?;
    }
    catalog(document)
}

fn within(path: &str, number: u32, least: u32, most: u32) -> Checked {
    if (least..=most).contains(&number) {
        return Ok(());
    }
    Err(Refusal::at(path, format!("{number} is out of range; write a number from {least} to {most}")))
}

fn messages(document: &Document) -> Checked {
    let messages = &document.messages;
    check_line("/messages/support".to_owned(), messages.support.as_ref())?;
    for (rule, text) in &messages.by_rule {
        check_line(format!("/messages/byRule/{}", crate::read::escaped(rule)), Some(text))?;
    }
    check_replacements("/messages/instead", &messages.instead)?;
    match &messages.request_url {
        Some(template) => request_url(template),
        None => Ok(()),
    }
}

fn request_url(template: &str) -> Checked {
    let path = "/messages/requestUrl";
    let bare = ["{image}", "{rule}", "{class}", "{id}"]
        .iter()
        .fold(template.to_owned(), |text, field| text.replace(field, ""));
    if bare.contains(['{', '}']) {
        return Err(Refusal::at(
            path,
            "an unknown field; `{image}`, `{rule}`, `{class}` and `{id}` are filled in",
        ));
    }
    url(path, &bare)
}

fn url(path: &str, text: &str) -> Checked {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>'));
    let host = text.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    match host {
        Some(host) if plain && !host.is_empty() && !host.contains('@') => Ok(()),
        Some(_) | None => {
            Err(Refusal::at(path, "no URL that can be followed; write `https://` and plain ASCII"))
        }
    }
}

fn upstreams(document: &Document) -> Checked {
    let mut seen = BTreeSet::new();
    for (at, upstream) in document.upstreams.iter().enumerate() {
        if !seen.insert(&upstream.registry) {
            let problem = format!("`{}` has an upstream already; keep one", upstream.registry);
            return Err(Refusal::at(format!("/upstreams/{at}/for"), problem));
        }
    }
    Ok(())
}

fn catalog(document: &Document) -> Checked {
    let Some(catalog) = &document.catalog else { return Ok(()) };
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if catalog.sha256.len() != 64 || !catalog.sha256.bytes().all(hex) {
        return Err(Refusal::at("/catalog/sha256", "no SHA-256; write 64 digits of lower-case hex"));
    }
    if catalog.url.is_empty() || !catalog.url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::at("/catalog/url", "no place; write a URL or a file's name beside the policy"));
    }
    Ok(())
}
