//! One verdict as a whole: a paragraph that says what, why and what now, and the facts under it.

use policy::{Class, Finding, PolicyStamp, render};
use wire::{Answered, Entry};

use super::facts::Facts;
use super::{View, words};

/// What would happen to an image.
pub(crate) fn explanation(finding: &Finding, view: &View) -> String {
    let mut facts = Facts::default();
    ways_on(&mut facts, finding, finding.request_url.as_ref().map(|url| url.replace("{id}", "")));
    basis(&mut facts, finding, view);
    format!("{}\n\n{}", paragraph(finding), facts.text())
}

/// What happened to an image.
pub(crate) fn why(entry: &Entry, view: &View) -> String {
    let verdict = &entry.verdict;
    let mut facts = Facts::default();
    ways_on(&mut facts, &verdict.finding, render::request_url(verdict));
    basis(&mut facts, &verdict.finding, view);
    facts.add("Asked by", words::asker(entry, view));
    facts.add_known("Program", entry.asker.program.clone());
    facts.add("When", when(entry, view));
    facts.add_known("Digest", entry.digest.clone());
    facts.add("Id", verdict.id.to_string());
    let beyond = render::beyond(entry).map(|words| format!("{words}\n")).unwrap_or_default();
    format!("{}\n{beyond}\n{}", paragraph(&verdict.finding), facts.text())
}

/// The whole story without what stands in the facts.
fn paragraph(finding: &Finding) -> String {
    render::explanation(&Finding { support: None, request_url: None, ..finding.clone() })
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
    format!("{}, serial {}, issued {}", stamp.organization, stamp.serial, view.ago(stamp.issued))
}

fn when(entry: &Entry, view: &View) -> String {
    let (first, last) = (view.second(entry.verdict.at), view.ago(entry.last));
    match entry.count {
        ..=1 => first,
        count => format!("{last}, {count} times since {first}"),
    }
}

/// What went wrong beyond the policy in a few words, for the line of its verdict.
pub(super) fn trouble_in_short(upstream: &Answered) -> Option<String> {
    match upstream {
        Answered::Delivered { .. } | Answered::Other => None,
        Answered::Refused { status, message } if message.is_empty() => {
            Some(format!("the registry said {status}"))
        }
        Answered::Refused { status, message } => Some(format!("the registry said {status}: {message}")),
        Answered::HubDenied { message } => Some(format!("Docker Hub refused by its own rules: {message}")),
        Answered::Certificate { host, problem } => {
            Some(format!("the certificate of {host} is not accepted: {problem}"))
        }
        Answered::Unreachable { host, problem } => Some(format!("{host} cannot be reached: {problem}")),
    }
}
