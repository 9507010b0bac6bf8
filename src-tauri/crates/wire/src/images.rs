//! Images that are here already, judged as if they were pulled now, in pages that fit a message.

use jiff::Timestamp;
use policy::{Finding, Outcome};
use serde::{Deserialize, Serialize};

use ipc::LIMIT;

/// Characters of an id that people tell one from another by.
const SHORT: usize = 12;

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

    /// Its id without the algorithm, as engines shorten it.
    pub fn short_id(&self) -> &str {
        short(&self.id)
    }

    /// `4.3 MB`, as engines count: in thousands.
    pub fn size_in_words(&self) -> Option<String> {
        self.size.map(size_in_words)
    }
}

fn short(id: &str) -> &str {
    let bare = id.rsplit(':').next().unwrap_or(id);
    bare.get(..SHORT).unwrap_or(bare)
}

fn size_in_words(bytes: u64) -> String {
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

impl StartedContainer {
    /// What to call it: its name, or else its id as engines shorten it.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| short(&self.id))
    }
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
    use ipc::encode;

    use crate::{Response, sample};

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
    fn sizes_are_counted_in_thousands() {
        let sizes = [0, 999, 1000, 1234, 4_270_000, 100_000_000, 999_960_000, 2_500_000_000_000];
        let said = ["0 B", "999 B", "1 kB", "1.2 kB", "4.3 MB", "100 MB", "1 GB", "2.5 TB"];
        assert_eq!(sizes.map(size_in_words), said);
    }

    #[test]
    fn an_id_is_shortened_as_engines_do() {
        assert_eq!(short("sha256:9c1f9c1f9c1f9c1f"), "9c1f9c1f9c1f");
        assert_eq!(short("é".repeat(9).as_str()), "éééééé");
    }

    #[test]
    fn no_images_are_one_empty_page() {
        assert_eq!(ImagesReport::pages(Vec::new(), Vec::new()), [ImagesReport::default()]);
    }
}
