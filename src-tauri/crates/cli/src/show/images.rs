//! Images that are here already: what would be blocked first, then what was not listed, and why.

use policy_text::render;
use wire::{ImagesReport, PresentImage, StartedContainer, UnlistedStore};

use super::View;
use super::text::{one_line, table};

/// Names of containers in one cell; the rest is counted.
const NAMED: usize = 2;

/// Every image in a row.
pub(crate) fn images(report: &ImagesReport, view: &View) -> String {
    let mut blocks = vec![rows(&report.images, view)];
    blocks.extend(summary(&report.images));
    let unlisted: String = report.unlisted.iter().map(|store| not_listed(store, view)).collect();
    blocks.extend((!unlisted.is_empty()).then_some(unlisted));
    blocks.join("\n")
}

fn rows(images: &[PresentImage], view: &View) -> String {
    if images.is_empty() {
        return "No image was found in the engines of this machine. When one arrives, it appears here.\n"
            .to_owned();
    }
    let row = |image: &PresentImage| {
        let cause = image.finding.as_ref().map(|finding| render::cause(finding).into_owned());
        [
            today(image).to_owned(),
            cause.or(image.unjudged.clone()).unwrap_or_default(),
            place(&image.store, image.uid, view),
            image.size_in_words().unwrap_or_default(),
            image.created.map(|time| view.ago(time)).unwrap_or_default(),
            image.short_id().to_owned(),
            running(&image.containers),
            image.image.clone().unwrap_or_else(|| "(no name)".to_owned()),
        ]
    };
    let rows: Vec<_> = images.iter().map(row).collect();
    table(["TODAY", "WHY", "WHERE", "SIZE", "BUILT", "ID", "RUNNING", "IMAGE"], &rows)
}

/// What a pull would come to, as a word.
fn today(image: &PresentImage) -> &'static str {
    image.finding.as_ref().map_or("unknown", |finding| render::outcome(finding.outcome))
}

fn place(store: &str, uid: Option<u32>, view: &View) -> String {
    uid.map_or_else(|| store.to_owned(), |uid| format!("{store} ({})", view.user(uid)))
}

fn running(containers: &[StartedContainer]) -> String {
    let named: Vec<&str> = containers.iter().take(NAMED).map(StartedContainer::label).collect();
    let rest = containers.len().saturating_sub(NAMED);
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{rest}", named.join(", "))
}

fn summary(images: &[PresentImage]) -> Option<String> {
    let blocked = images.iter().filter(|image| image.would_be_blocked()).count();
    let all = images.len();
    let sentence = match blocked {
        0 => return None,
        1 => format!("1 of {all} would be blocked if it were pulled today"),
        _ => format!("{blocked} of {all} would be blocked if they were pulled today"),
    };
    Some(format!("{sentence}; nothing is stopped or removed. `pullgate explain IMAGE` says why.\n"))
}

fn not_listed(store: &UnlistedStore, view: &View) -> String {
    format!("not listed: {}: {}\n", place(&store.store, store.uid, view), one_line(&store.problem))
}
