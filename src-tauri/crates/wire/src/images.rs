//! Images that are here already, judged as if they were pulled now, in pages that fit a message.

use jiff::Timestamp;
use policy::{Finding, Outcome};
use serde::{Deserialize, Serialize};

use crate::frame::LIMIT;

/// A page of the images that are here already.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImagesReport {
    /// The images, a line for each of their names; over all pages, what would be blocked and is in use comes first.
    #[serde(default)]
    pub images: Vec<PresentImage>,
    /// What could not be listed; all of it is on the last page.
    #[serde(default)]
    pub unlisted: Vec<UnlistedStore>,
    /// Whether another page follows at once.
    #[serde(default)]
    pub more: bool,
}

/// An image that is here, by one of its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PresentImage {
    /// The engine's word on the command line: `docker`, `podman`, `containerd`.
    pub engine: String,
    /// Where the engine keeps it, for people: `Docker Engine`, `containerd (k8s.io)`.
    pub store: String,
    /// Whose own store that is; none for engines that run as root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// What the engine calls it, whatever its names are.
    pub id: String,
    /// The name, as people type it; none of an image without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// What registries call its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What it takes on disk, in bytes, with what it shares with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// When it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// The running containers that were started from it by this name.
    #[serde(default)]
    pub containers: Vec<StartedContainer>,
    /// What a pull of it would come to now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// Why that cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unjudged: Option<String>,
}

impl PresentImage {
    /// Whether a pull of it would stop now.
    pub fn would_be_blocked(&self) -> bool {
        self.finding.as_ref().is_some_and(|finding| finding.outcome == Outcome::Blocked)
    }
}

/// A running container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartedContainer {
    /// What the engine calls it.
    pub id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A place with images that are not listed, or not all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnlistedStore {
    /// The engine's word on the command line.
    pub engine: String,
    /// Where the engine keeps them, for people.
    pub store: String,
    /// Whose own store that is; none for engines that run as root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// Why, in words.
    pub problem: String,
}

impl ImagesReport {
    /// Any number of images as pages that each fit a message; at least one page.
    ///
    /// An image that alone is larger than half a message stands on a page of its own.
    pub fn pages(images: Vec<PresentImage>, unlisted: Vec<UnlistedStore>) -> Vec<Self> {
        let mut pages = vec![Self::default()];
        let mut room = LIMIT / 2;
        for image in images {
            let size = serde_json::to_vec(&image).map_or(0, |json| json.len() + 1);
            if let Some(page) = pages.last_mut() {
                if size <= room || page.images.is_empty() {
                    room = room.saturating_sub(size);
                    page.images.push(image);
                } else {
                    page.more = true;
                    room = (LIMIT / 2).saturating_sub(size);
                    pages.push(Self { images: vec![image], ..Self::default() });
                }
            }
        }
        if let Some(last) = pages.last_mut() {
            last.unlisted = unlisted;
        }
        pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Response, encode, sample};

    #[test]
    fn any_number_of_images_fits_into_pages() {
        let images = vec![sample::image(); 3000];
        let pages = ImagesReport::pages(images.clone(), vec![sample::unlisted()]);
        assert!(pages.len() > 2, "{} pages", pages.len());
        let ends: Vec<(bool, usize)> = pages.iter().map(|page| (page.more, page.unlisted.len())).collect();
        assert_eq!(ends, [vec![(true, 0); pages.len() - 1], vec![(false, 1)]].concat());
        assert!(pages.iter().all(|page| encode(&Response::Images(page.clone())).is_ok()));
        let together: Vec<PresentImage> = pages.into_iter().flat_map(|page| page.images).collect();
        assert!(together == images);
    }

    #[test]
    fn no_images_are_one_empty_page() {
        assert_eq!(ImagesReport::pages(Vec::new(), Vec::new()), [ImagesReport::default()]);
    }
}
