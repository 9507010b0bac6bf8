//! Docker's repository allow list, as people paste it: a name a line, or CSV with or without a head.

use std::collections::BTreeMap;

use image_ref::{Reference, Repository};
use policy::{AllowRule, Glob, Warning};

use super::shown;

/// Heads of the column that holds the names.
const HEADS: [&str; 5] = ["repository", "repositories", "name", "image", "repo"];

/// How many lines that name no repository are remarked one by one.
const MOST_REMARKS: usize = 20;

/// An allow rule for each repository, in the order in which they were first named.
pub(super) fn rules(text: &str, remarks: &mut Vec<Warning>) -> Vec<AllowRule> {
    let mut found = Found::default();
    let mut strange = 0;
    for (line, name) in names(text) {
        if found.add(&name) {
            continue;
        }
        strange += 1;
        if strange <= MOST_REMARKS {
            let message = format!("line {line}: `{}` names no repository and was left out", shown(&name));
            remarks.push(Warning::at("/allow", message));
        }
    }
    if strange > MOST_REMARKS {
        let message = format!("{} more lines name no repository and were left out", strange - MOST_REMARKS);
        remarks.push(Warning::at("/allow", message));
    }
    if !found.order.is_empty() {
        let message = format!(
            "{} imported exceptions have no owner, reason or end; review them and fill in `by`, `reason` and \
             `expires`",
            found.order.len()
        );
        remarks.push(Warning::at("/allow", message));
    }
    found.rules()
}

/// Repositories with the tags that were named; none means all.
#[derive(Default)]
struct Found {
    order: Vec<Repository>,
    tags: BTreeMap<Repository, Option<Vec<String>>>,
}

impl Found {
    fn add(&mut self, name: &str) -> bool {
        let Ok(image) = Reference::parse(name) else { return false };
        let repository = image.repository().clone();
        let tag = image.tag().map(|tag| tag.as_str().to_owned());
        match (self.tags.get_mut(&repository), tag) {
            (Some(Some(tags)), Some(tag)) if !tags.contains(&tag) => tags.push(tag),
            (Some(known), None) => *known = None,
            (Some(_), Some(_)) => {}
            (None, tag) => {
                self.tags.insert(repository.clone(), tag.map(|tag| vec![tag]));
                self.order.push(repository);
            }
        }
        true
    }

    fn rules(mut self) -> Vec<AllowRule> {
        let rule = |repository: &Repository| {
            let matches = Glob::parse(&repository.to_string()).ok()?;
            let tags = self.tags.remove(repository).flatten();
            let reason = Some("imported".to_owned());
            Some(AllowRule { id: None, matches, tags, groups: None, reason, by: None, expires: None })
        };
        self.order.iter().filter_map(rule).collect()
    }
}

/// The names with the number of their line.
fn names(text: &str) -> Vec<(usize, String)> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let mut rows = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).peekable();
    let column = rows.peek().and_then(|(_, head)| {
        cells(head).iter().position(|cell| HEADS.contains(&cell.to_ascii_lowercase().as_str()))
    });
    if column.is_some() {
        rows.next();
    }
    let rows: Vec<(usize, &str)> = rows.collect();
    if let ([(line, only)], None) = (rows.as_slice(), column) {
        return cells(only).into_iter().filter(|cell| !cell.is_empty()).map(|cell| (*line, cell)).collect();
    }
    let cell = |row: &str| cells(row).into_iter().nth(column.unwrap_or(0)).unwrap_or_default();
    rows.into_iter().map(|(line, row)| (line, cell(row))).collect()
}

/// The cells of a row, without quotes and without what a copied link has before the name.
fn cells(row: &str) -> Vec<String> {
    let separator = |letter: char| matches!(letter, ',' | ';' | '\t');
    row.split(separator).map(|cell| bare(cell.trim().trim_matches('"').trim())).collect()
}

fn bare(cell: &str) -> String {
    let link = cell.strip_prefix("https://").unwrap_or(cell);
    let name = link.strip_prefix("hub.docker.com/r/").or_else(|| link.strip_prefix("hub.docker.com/_/"));
    name.unwrap_or(cell).trim_end_matches('/').to_owned()
}
