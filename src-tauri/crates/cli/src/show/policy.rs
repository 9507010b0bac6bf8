//! Policies: the one in force, and one that was checked.

use policy::{Document, Policy};
use policy_text::{Group, Line};
use wire::{PolicyReport, PolicyState};

use super::View;
use super::text::{counted, indented, one_line};
use super::verdict::stamp_words;

/// The policy in force.
pub(crate) fn policy(report: &PolicyReport, view: &View) -> String {
    let mut text = state(&report.state, view);
    if !report.sentences.is_empty() {
        text += &format!("\n{}", indented(&report.sentences));
    } else if let Some(document) = &report.document {
        text += &format!("\n{}", in_words(document, view));
    }
    if !report.warnings.is_empty() {
        text += &format!("\nWhat its author should know\n{}", indented(&report.warnings));
    }
    text
}

fn in_words(document: &serde_json::Value, view: &View) -> String {
    match serde_json::from_value(document.clone()) {
        Ok(document) => rules(&document, view),
        Err(_) => {
            "Its rules are newer than this command; `pullgate policy show --json` prints them\n".to_owned()
        }
    }
}

fn state(state: &PolicyState, view: &View) -> String {
    match state {
        PolicyState::Absent => "No policy has arrived on this machine yet\n".to_owned(),
        PolicyState::Unusable { why, source } => {
            format!("The policy at {} cannot be used: {}\n", one_line(source), one_line(why))
        }
        PolicyState::Current {
            stamp,
            confirmed,
            source,
            signed_by,
            stale_since,
            change,
            named,
            distrusted,
        } => {
            let signed = match signed_by.is_empty() {
                true if source.starts_with("file:") => "Not signed; its file belongs to root\n".to_owned(),
                true => "Not signed; made of Docker Hub's settings, as shown to whoever was signed in\n"
                    .to_owned(),
                false => format!("Signed by {}\n", signed_by.join(", ")),
            };
            let named = named.as_ref().map(|named| {
                format!(
                    "The enrollment names {} now, from which no policy was accepted yet\n",
                    one_line(named)
                )
            });
            let distrusted =
                distrusted.as_ref().map(|why| format!("Not believed any longer: {}\n", one_line(why)));
            let stale = stale_since.map(|since| format!("Out of date since {}\n", view.date(since)));
            let change = change
                .as_ref()
                .map(|change| format!("New {}: {}\n", view.ago(change.at), one_line(&change.sentence)));
            format!(
                "Policy of {}\nFrom {}, last confirmed {}\n{}{signed}{}{}{}",
                stamp_words(stamp, view),
                one_line(source),
                view.ago(*confirmed),
                named.unwrap_or_default(),
                distrusted.unwrap_or_default(),
                stale.unwrap_or_default(),
                change.unwrap_or_default()
            )
        }
        PolicyState::Other => {
            "The policy is in a state that this command does not know; update Pullgate\n".to_owned()
        }
    }
}

/// A policy file that was accepted.
pub(crate) fn checked(file: &str, policy: &Policy, view: &View) -> String {
    let warnings = policy.warnings();
    let stamp = stamp_words(policy.stamp(), view);
    let accepted = format!("`{file}` is a good policy of {stamp}\n");
    let lines = warnings.iter().map(|warning| {
        let place = if warning.path.is_empty() { String::new() } else { format!("`{}`: ", warning.path) };
        format!("  {place}{}\n", one_line(&warning.message))
    });
    match warnings.len() {
        0 => accepted,
        count => format!("{accepted}\n{}\n{}", counted(count, "warning"), lines.collect::<String>()),
    }
}

/// The rules of a document, grouped.
fn rules(document: &Document, view: &View) -> String {
    let outline = policy_text::outline(document);
    let opening = outline.opening().map(|words| format!("{words}\n\n")).unwrap_or_default();
    let block = |group: &Group| {
        let lines = group.lines.iter().map(|line| said(line, view));
        format!("{}\n{}", group.kind.heading(outline.audit), lines.collect::<String>())
    };
    let blocks: Vec<String> = outline.groups.iter().map(block).collect();
    format!("{opening}{}", blocks.join("\n"))
}

fn said(line: &Line, view: &View) -> String {
    let until = line.until.map(|end| format!(" (until {})", view.date(end))).unwrap_or_default();
    format!("  {}{until}\n", line.text)
}
