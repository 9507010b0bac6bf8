//! The images that are here already, against the policy.

use serde::Serialize;
use wire::{ImagesReport, PresentImage, Standing};

use super::fact::until;
use super::{Outcome, Reader};
use crate::text;

/// The images that are here already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ImagesPage {
    /// How many there are, how many would be blocked, and that nothing is stopped.
    pub summary: String,
    /// A row for each name; what would be blocked and is in use comes first.
    pub rows: Vec<ImageRow>,
    /// What could not be listed.
    pub(crate) unlisted: Vec<UnlistedRow>,
}

/// An image that is here, by one of its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ImageRow {
    /// Its name as people type it; none of an image without one.
    pub image: Option<String>,
    /// What a pull of it would come to today.
    pub outcome: Outcome,
    /// Why, in a word or two.
    pub cause: String,
    /// When what lets it pass ends, in RFC 3339.
    pub until: Option<String>,
    /// In which engine, and whose.
    pub place: String,
    /// What it takes on disk.
    pub size: Option<String>,
    /// When it was built, in RFC 3339.
    pub built: Option<String>,
    /// What the engine calls it, shortened.
    pub id: String,
    /// Names of the running containers that were started from it.
    pub running: Vec<String>,
}

/// A place whose images could not be listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnlistedRow {
    /// Which, and whose.
    place: String,
    /// Why; literals stand in backticks.
    problem: String,
}

/// The images that are here already, of a report whose pages were joined, as things stand.
pub fn images(report: &ImagesReport, standing: Standing, reader: &Reader) -> ImagesPage {
    let blocked = report.images.iter().filter(|image| image.would_be_blocked()).count();
    let unlisted = report.unlisted.iter().map(|store| UnlistedRow {
        place: reader.owned(&store.store, store.uid),
        problem: store.problem.clone(),
    });
    ImagesPage {
        summary: text::present(report.images.len(), blocked, standing),
        rows: report.images.iter().map(|image| row(image, reader)).collect(),
        unlisted: unlisted.collect(),
    }
}

fn row(image: &PresentImage, reader: &Reader) -> ImageRow {
    ImageRow {
        image: image.image.clone(),
        outcome: image.finding.as_ref().map_or(Outcome::Unknown, |finding| finding.outcome.into()),
        cause: image.finding.as_ref().map(text::cause).or_else(|| image.unjudged.clone()).unwrap_or_default(),
        until: image.finding.as_ref().and_then(until),
        place: reader.owned(&image.store, image.uid),
        size: image.size_in_words(),
        built: image.created.map(|time| time.to_string()),
        id: image.short_id().to_owned(),
        running: image.containers.iter().map(|container| container.label().to_owned()).collect(),
    }
}
