//! One verdict as a whole: a paragraph that says what, why and what now, and the facts under it.

use policy::render::{self, Trouble};
use policy::{Engine, Finding, Front, ImageName, PolicyStamp, Verdict, VerdictId};
use wire::{Answered, Entry};

use super::facts::Facts;
use super::text::one_line;
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
    let trouble = entry.upstream.as_ref().and_then(|upstream| trouble(&verdict.finding, upstream));
    let trouble = trouble.map(|words| format!("{}\n", one_line(&words))).unwrap_or_default();
    format!("{}\n{trouble}\n{}", paragraph(&verdict.finding), facts.text())
}

/// The sentence of the verdict, without what stands in the facts and without the way here.
fn paragraph(finding: &Finding) -> String {
    let finding = Finding { support: None, request_url: None, ..finding.clone() };
    let (id, at) = (VerdictId::from_bits(0), jiff::Timestamp::UNIX_EPOCH);
    let verdict = Verdict { id, at, engine: Engine::Unknown, front: Front::Proxy, finding };
    let sentence = one_line(&render::sentence(&verdict));
    let way_here = format!(" Details: `pullgate why {}`", verdict.id);
    sentence.rsplit_once(&way_here).map_or_else(|| sentence.clone(), |(paragraph, _)| paragraph.to_owned())
}

fn ways_on(facts: &mut Facts, finding: &Finding, request_url: Option<String>) {
    facts.add_known("Request access", request_url);
    facts.add_known("Help", finding.support.clone());
}

fn basis(facts: &mut Facts, finding: &Finding, view: &View) {
    facts.add_known("Class", finding.class.map(|class| words::class(class).to_owned()));
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

/// What went wrong beyond the policy, in words; none when nothing did.
fn trouble(finding: &Finding, upstream: &Answered) -> Option<String> {
    let registry = match &finding.image.name {
        ImageName::Repository(repository) => repository.registry().to_string(),
        ImageName::Unlisted(_) => "the registry".to_owned(),
    };
    let trouble = match upstream {
        Answered::Delivered { .. } | Answered::Other => return None,
        Answered::Refused { status, message } => {
            Trouble::Refused { host: &registry, status: *status, message }
        }
        Answered::HubDenied { message } => Trouble::HubDenied { message },
        Answered::Certificate { host, problem } => {
            return Some(format!(
                "The policy allowed this image. The problem is elsewhere: the certificate of {host} is not \
                 accepted ({problem})."
            ));
        }
        Answered::Unreachable { host, problem } => Trouble::Unreachable { host, problem },
    };
    Some(render::trouble(&trouble).sentence)
}

/// The same in a few words, for a line of its own verdict.
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
