//! One verdict as a whole: a paragraph that says what, why and what now, and the facts under it.

use policy::{Class, Finding, PolicyStamp};
use policy_text::render;
use wire::{Entry, LoginSearch, UpstreamResult};

use super::text::Facts;
use super::{View, words};

/// What would happen to an image.
pub(crate) fn explanation(finding: &Finding, view: &View) -> String {
    let mut facts = Facts::default();
    ways_on(&mut facts, finding, render::request_url_without_id(finding));
    basis(&mut facts, finding, view);
    format!("{}\n\n{}", render::summary(finding), facts.text())
}

/// What happened to an image.
pub(crate) fn why(entry: &Entry, view: &View) -> String {
    let verdict = &entry.verdict;
    let mut facts = Facts::default();
    facts.add_known("Instead", render::command_instead(verdict));
    facts.add_known("Tags", render::tags_page(&verdict.finding));
    ways_on(&mut facts, &verdict.finding, render::request_url(verdict));
    basis(&mut facts, &verdict.finding, view);
    facts.add("Asked by", words::asker(entry, view));
    facts.add("When", when(entry, view));
    facts.add_known("Failures", failures_in_short(entry));
    facts.add_known("Digest", entry.digest.clone());
    facts.add("Id", verdict.id.to_string());
    let beyond = render::describe_upstream(entry).map(|words| format!("{words}\n")).unwrap_or_default();
    format!("{}\n{beyond}\n{}", render::summary(&verdict.finding), facts.text())
}

fn ways_on(facts: &mut Facts, finding: &Finding, request_url: Option<String>) {
    facts.add_known("Request access", request_url);
    facts.add_known("Help", finding.support.clone());
}

fn basis(facts: &mut Facts, finding: &Finding, view: &View) {
    facts.add_known("Class", finding.class.map(Class::label).map(str::to_owned));
    facts.add_known("Rule", finding.rule.as_ref().map(|rule| format!("{} · {}", rule.id, rule.text)));
    facts.add_known("Policy", finding.stamp.as_ref().map(|stamp| stamp_words(stamp, view)));
}

/// Which policy, in words.
pub(super) fn stamp_words(stamp: &PolicyStamp, view: &View) -> String {
    format!("{}, version {}, issued {}", stamp.organization, stamp.serial, view.ago(stamp.issued))
}

fn when(entry: &Entry, view: &View) -> String {
    let (first, last) = (view.second(entry.verdict.at), view.ago(entry.last));
    match entry.count {
        ..=1 => first,
        count => format!("{last}, {count} times since {first}"),
    }
}

/// What went wrong beyond the policy in a few words, for the line of its verdict.
pub(super) fn trouble_in_short(upstream: &UpstreamResult) -> Option<String> {
    match upstream {
        UpstreamResult::Delivered { .. } | UpstreamResult::Other => None,
        UpstreamResult::Refused { status, message } if message.is_empty() => {
            Some(format!("the registry said {status}"))
        }
        UpstreamResult::Refused { status, message } => Some(format!("the registry said {status}: {message}")),
        UpstreamResult::Unauthorized { status, login, message } => {
            let why = match login {
                LoginSearch::Missing => "no login was found".to_owned(),
                LoginSearch::Rejected => "the login is not accepted".to_owned(),
                LoginSearch::Failed { why } => why.clone(),
                LoginSearch::Other => message.clone(),
            };
            Some(format!("the registry said {status}: {why}"))
        }
        UpstreamResult::TokenRefused { host, status: 200..=299, .. } => Some(format!("{host} gave no token")),
        UpstreamResult::TokenRefused { host, status, message } => Some(said(host, *status, message)),
        UpstreamResult::DeniedElsewhere { host, product, status, message } => {
            let product = product.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            Some(said(&format!("not Pullgate: {host}{product}"), *status, message))
        }
        UpstreamResult::HubDenied { message } => {
            Some(format!("Docker Hub refused by its own rules: {message}"))
        }
        UpstreamResult::Certificate { host, problem } => {
            Some(format!("the certificate of {host} is not accepted: {problem}"))
        }
        UpstreamResult::Proxy { proxy, problem } => Some(format!("{proxy} {problem}")),
        UpstreamResult::Unreachable { host, problem } => Some(format!("{host} cannot be reached: {problem}")),
    }
}

fn said(who: &str, status: u16, message: &str) -> String {
    if message.is_empty() {
        format!("{who} said {status}")
    } else {
        format!("{who} said {status}: {message}")
    }
}

/// The attempts that failed beside the last one, in a few words.
pub(super) fn failures_in_short(entry: &Entry) -> Option<String> {
    let failures = entry.failures.as_ref()?;
    let is_last = entry.upstream.as_ref() == Some(&failures.last);
    let times = if failures.count == 1 { "once".to_owned() } else { format!("{} times", failures.count) };
    match trouble_in_short(&failures.last).filter(|_| !is_last) {
        Some(words) => Some(format!("failed {times}: {words}")),
        None if is_last && failures.count == 1 && entry.count == 1 => None,
        None => Some(format!("failed {times}")),
    }
}
