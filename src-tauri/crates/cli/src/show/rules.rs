//! A policy document as text: its rules in words, a block for each group.

use policy::Document;
use policy_text::{Group, Line};

use super::View;

/// The rules of a document, grouped.
pub(super) fn rules(document: &Document, view: &View) -> String {
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
