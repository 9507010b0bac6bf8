//! Images that are here already: what would be blocked first, then what was not listed, and why.

use policy::Outcome;
use wire::{ImagesReport, PresentImage, StartedContainer, UnlistedStore};

use super::table::table;
use super::text::one_line;
use super::{View, words};

/// Names of containers in one cell; the rest is counted.
const NAMED: usize = 2;
/// Characters of an id that people tell one from another by.
const SHORT: usize = 12;

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
        [
            today(image).to_owned(),
            image.finding.as_ref().map(words::cause).or(image.unjudged.clone()).unwrap_or_default(),
            place(&image.store, image.uid, view),
            image.size.map(size).unwrap_or_default(),
            image.created.map(|time| view.ago(time)).unwrap_or_default(),
            short(&image.id).to_owned(),
            running(&image.containers),
            image.image.clone().unwrap_or_else(|| "(no name)".to_owned()),
        ]
    };
    let rows: Vec<_> = images.iter().map(row).collect();
    table(["TODAY", "WHY", "WHERE", "SIZE", "BUILT", "ID", "RUNNING", "IMAGE"], &rows)
}

/// What a pull would come to, as a word.
fn today(image: &PresentImage) -> &'static str {
    match image.finding.as_ref().map(|finding| finding.outcome) {
        Some(Outcome::Blocked) => "blocked",
        Some(Outcome::Audited) => "recorded",
        Some(Outcome::Allowed) => "allowed",
        None => "unknown",
    }
}

fn place(store: &str, uid: Option<u32>, view: &View) -> String {
    uid.map_or_else(|| store.to_owned(), |uid| format!("{store} ({})", view.user(uid)))
}

/// An id without its algorithm, as engines shorten it.
fn short(id: &str) -> &str {
    let bare = id.rsplit(':').next().unwrap_or(id);
    bare.get(..SHORT).unwrap_or(bare)
}

fn running(containers: &[StartedContainer]) -> String {
    let name = |container: &StartedContainer| {
        container.name.clone().unwrap_or_else(|| short(&container.id).to_owned())
    };
    let named: Vec<String> = containers.iter().take(NAMED).map(name).collect();
    let rest = containers.len().saturating_sub(NAMED);
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{rest}", named.join(", "))
}

/// `4.3 MB`, as engines count: in thousands.
fn size(bytes: u64) -> String {
    let mut tenths = bytes.saturating_mul(10);
    for unit in ["B", "kB", "MB", "GB"] {
        if tenths < 10_000 {
            let whole = tenths / 10;
            let exact = unit == "B" || tenths.is_multiple_of(10);
            return if exact { format!("{whole} {unit}") } else { format!("{whole}.{} {unit}", tenths % 10) };
        }
        tenths = tenths.saturating_add(500) / 1000;
    }
    format!("{}.{} TB", tenths / 10, tenths % 10)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_counted_in_thousands() {
        let sizes = [0, 999, 1000, 1234, 4_270_000, 100_000_000, 999_960_000, 2_500_000_000_000];
        let said = ["0 B", "999 B", "1 kB", "1.2 kB", "4.3 MB", "100 MB", "1 GB", "2.5 TB"];
        assert_eq!(sizes.map(size), said);
    }
}
