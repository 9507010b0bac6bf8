//! What Docker Engine holds, by the word of the daemon: its image list and its running containers.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::docker_api::SOCKET;
use crate::inventory::{distinct_names, of_unlisted, timestamp};
use crate::{EngineId, Machine, RunningContainer, Store, StoredImage, docker_packaging};

/// An image as the daemon lists it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    id: String,
    repo_tags: Option<Vec<String>>,
    repo_digests: Option<Vec<String>>,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    size: i64,
}

/// A running container as the daemon lists it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Container {
    id: String,
    names: Option<Vec<String>>,
    image: String,
    #[serde(rename = "ImageID")]
    image_id: String,
}

/// What the daemon tells of one container.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    config: Config,
}

/// How a container was made.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    image: Option<String>,
}

pub(super) fn stores(machine: &dyn Machine) -> Vec<Store> {
    let Some(unit) = docker_packaging::unit(machine) else {
        return super::find(machine).and_then(of_unlisted).into_iter().collect();
    };
    // A question to the socket of a stopped daemon would start it.
    let listed = if unit.active {
        list(machine)
    } else {
        Err("it is not running; start it: `sudo systemctl start docker`".to_owned())
    };
    vec![Store::listed(EngineId::Docker, EngineId::Docker.name(), listed)]
}

fn list(machine: &dyn Machine) -> Result<Vec<StoredImage>, String> {
    let mut images: Vec<StoredImage> =
        get::<Vec<Image>>(machine, "/images/json")?.into_iter().map(stored).collect();
    for container in get::<Vec<Container>>(machine, "/containers/json")? {
        match images.iter_mut().find(|image| image.id == container.image_id) {
            Some(image) => image.containers.push(running(container)),
            None => images.push(of_removed(machine, container)),
        }
    }
    Ok(images)
}

fn get<T: DeserializeOwned>(machine: &dyn Machine, target: &str) -> Result<T, String> {
    let answer = machine.ask(Path::new(SOCKET), "GET", target).map_err(|error| error.to_string())?;
    if answer.status != 200 {
        return Err(format!("it answers `GET {target}` with {}", answer.status));
    }
    serde_json::from_str(&answer.body)
        .map_err(|error| format!("its answer to `GET {target}` cannot be understood: {error}"))
}

fn stored(image: Image) -> StoredImage {
    let tags = image.repo_tags.unwrap_or_default().into_iter().filter(|tag| !tag.contains("<none>"));
    let mut names: Vec<String> = tags.collect();
    let digests = image.repo_digests.unwrap_or_default().into_iter().filter(|it| !it.starts_with("<none>"));
    let digests: Vec<String> = digests.collect();
    let digest = digests.first().and_then(|digest| Some(digest.split_once('@')?.1.to_owned()));
    names.extend(digests);
    StoredImage {
        id: image.id,
        digest,
        names: distinct_names(names),
        size: u64::try_from(image.size).ok(),
        created: timestamp(image.created),
        containers: Vec::new(),
    }
}

fn running(container: Container) -> RunningContainer {
    let name = container.names.and_then(|names| names.into_iter().next());
    // The daemon shows the id in place of a name that names another image by now.
    let bare = container.image_id.rsplit(':').next().unwrap_or_default();
    let is_id = container.image.starts_with("sha256:") || bare.starts_with(&container.image);
    RunningContainer {
        id: container.id,
        name: name.map(|name| name.trim_start_matches('/').to_owned()),
        image: (!is_id).then_some(container.image),
    }
}

/// An image that is gone from the list while a container still runs from it, as happens to one whose name went to
/// another: the container itself remembers the name.
fn of_removed(machine: &dyn Machine, container: Container) -> StoredImage {
    let id = container.image_id.clone();
    let mut container = running(container);
    if container.image.is_none() {
        let details: Option<Details> = get(machine, &format!("/containers/{}/json", container.id)).ok();
        container.image =
            details.and_then(|details| details.config.image).filter(|name| !name.contains("sha256:"));
    }
    let names = container.image.iter().cloned().collect();
    StoredImage { id, names, containers: vec![container], ..StoredImage::default() }
}
