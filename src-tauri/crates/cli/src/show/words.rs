//! Everyday words for conditions, engines and those who asked; those of verdicts stand in `policy_text::render`.

use wire::{EngineReport, Entry, Routed, Severity};

use super::View;

/// How bad a condition is, as a word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Notice => "notice",
        Severity::Attention => "attention",
        Severity::Critical => "critical",
    }
}

/// Whether the pulls of an engine are checked, as a word.
pub(super) fn routed(report: &EngineReport) -> &'static str {
    if report.stopped {
        return "stopped";
    }
    match report.routed {
        Routed::Yes => "yes",
        Routed::Partly if report.unproved.is_some() && report.proved_at.is_none() => "not tested",
        Routed::Partly => "partly",
        Routed::No => "no",
    }
}

/// Who asked: the engine, and the person where the kernel tells. An engine that serves everybody runs as root, which
/// says nothing of the person.
pub(super) fn asker(entry: &Entry, view: &View) -> String {
    let engine = entry.verdict.engine;
    let uid = entry.asker.uid.filter(|uid| *uid != 0 || !engine.serves_everybody());
    let engine = engine.name();
    uid.map_or(engine.to_owned(), |uid| format!("{engine} ({})", view.user(uid)))
}

/// The image with the number of requests for it, where there were several.
pub(super) fn image(entry: &Entry) -> String {
    let image = entry.verdict.finding.image.familiar();
    let image = match entry.verdict.finding.action {
        policy::Action::Pull => image,
        policy::Action::Push => format!("push to {image}"),
    };
    if entry.count > 1 { format!("{image} ×{}", entry.count) } else { image }
}
