//! Links in the papers lead somewhere: to a file that is there, and to a heading in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::tree::{entries, read};
use super::workspace::checkout;

#[test]
fn every_link_in_the_papers_leads_somewhere() {
    let mut wrong = Vec::new();
    for paper in papers() {
        let text = read(&paper);
        for link in targets(&text).filter(|link| !link.contains("://")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let there = if file.is_empty() { paper.clone() } else { paper.with_file_name(file) };
            if !there.exists() {
                wrong.push(format!("{}: there is no {link}", paper.display()));
            } else if !heading.is_empty() && !headings(&read(&there)).contains(heading) {
                wrong.push(format!("{}: no heading {link}", paper.display()));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// `crate/file.rs` in the walks through the code is `src-tauri/crates/CRATE/src/FILE`; braces stand for several.
#[test]
fn every_file_of_the_walks_is_there() {
    let paper = read(&checkout().join("src-tauri/docs/architecture.md"));
    let walks =
        paper.split("\n## Walks\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    let named = walks.split('`').skip(1).step_by(2).filter(|name| name.contains('/'));
    let files: Vec<String> = named.flat_map(several).collect();
    assert!(files.len() > 40, "{files:?}");
    let is_missing = |file: &&String| {
        let (owner, below) = file.split_once('/').unwrap_or_default();
        !checkout().join("src-tauri/crates").join(owner).join("src").join(below).is_file()
    };
    assert_eq!(files.iter().filter(is_missing).collect::<Vec<_>>(), [""; 0]);
}

fn several(name: &str) -> Vec<String> {
    let parts = name.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (middle, after))) = parts else { return vec![name.to_owned()] };
    middle.split(',').map(|one| format!("{before}{one}{after}")).collect()
}

fn papers() -> Vec<PathBuf> {
    let root = checkout();
    let docs = root.join("src-tauri/docs");
    let decisions = docs.join("decisions");
    let below = [docs, decisions].into_iter().filter(|folder| folder.exists());
    let all = below
        .flat_map(|folder| entries(&folder))
        .chain([root.join("README.md"), root.join("tests/README.md")]);
    all.filter(|path| Path::new(path).extension().is_some_and(|kind| kind == "md")).collect()
}

/// What stands in `](…)`, outside code.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let outside = text.split("```").step_by(2).flat_map(|part| part.split('`').step_by(2));
    outside.flat_map(|part| part.split("](").skip(1).filter_map(|rest| rest.split(')').next()))
}

/// The headings as they are named in links: lower case, no punctuation, `-` for a space.
fn headings(text: &str) -> BTreeSet<String> {
    let titles = text
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|line| line.trim_start_matches('#').trim());
    let anchor = |title: &str| {
        let kept = title.to_lowercase().replace(' ', "-");
        kept.chars().filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).collect()
    };
    titles.map(anchor).collect()
}
