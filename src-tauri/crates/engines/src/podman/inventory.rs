//! What Podman, Buildah, Skopeo and CRI-O hold, out of the files of containers/storage, which they share and
//! replace as a whole. No tool is run: each would want namespaces, and each person's would be that person's.
//!
//! A container runs as long as the `conmon` that watches it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::TOOLS;
use crate::machine::program;
use crate::{EngineId, Machine, Process, RunningContainer, Store, StoredImage};

use places::{Places, Whose};

const NAME: &str = "Podman";

/// One containers/storage: its images, and the containers that were made from them, running or not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Storage {
    images: Vec<StoredImage>,
    containers: Vec<Made>,
}

/// A container, running or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    /// The id of its image.
    of: String,
    container: RunningContainer,
}

pub(super) fn stores(machine: &dyn Machine) -> Vec<Store> {
    if !TOOLS.iter().any(|tool| program(machine, tool).is_some()) {
        return Vec::new();
    }
    let storage = read(machine, &Places::of(machine, &Whose::Root));
    vec![store(0, storage, &machine.processes())]
}

/// What lies in a person's own storage, for a process that is that person's: it reads as whoever calls it.
pub fn own_storage(machine: &dyn Machine, uid: u32, home: &Path, runtime: &Path) -> Result<Storage, String> {
    read(machine, &Places::of(machine, &Whose::Person { uid, home, runtime }))
}

/// A person's own storage as a store; none where the person never had an image.
pub fn store_of_person(machine: &dyn Machine, uid: u32, storage: Result<Storage, String>) -> Option<Store> {
    let is_empty = storage.as_ref().is_ok_and(|storage| storage.images.is_empty());
    (!is_empty).then(|| store(uid, storage, &machine.processes()))
}

fn store(uid: u32, storage: Result<Storage, String>, processes: &[Process]) -> Store {
    let storage = match storage {
        Ok(storage) => storage,
        Err(problem) => return Store::unlisted(EngineId::Podman, NAME, uid, problem),
    };
    let watched: BTreeSet<&str> =
        processes.iter().filter(|process| process.uid == uid).filter_map(watched).collect();
    let mut images = storage.images;
    for Made { of, container } in storage.containers {
        let runs = watched.contains(container.id.as_str());
        if let Some(image) = images.iter_mut().find(|image| image.id == of).filter(|_| runs) {
            image.containers.push(container);
        }
    }
    Store { engine: EngineId::Podman, name: NAME.into(), uid, images, problem: None }
}

/// The container that this process watches, as `conmon -c ID` says.
fn watched(process: &Process) -> Option<&str> {
    let option = process.arguments.iter().position(|it| it == "-c" || it == "--cid")?;
    let id = process.arguments.get(option + 1)?;
    (process.program() == "conmon").then_some(id.as_str())
}

/// An image in `images.json`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Image {
    id: String,
    digest: Option<String>,
    names: Option<Vec<String>>,
    names_history: Option<Vec<String>>,
    layer: Option<String>,
    created: Option<String>,
}

/// A layer in `layers.json`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Layer {
    id: String,
    parent: Option<String>,
    diff_size: Option<i64>,
}

/// A container in `containers.json`.
#[derive(Deserialize)]
struct Container {
    id: String,
    image: Option<String>,
    metadata: Option<String>,
    names: Option<Vec<String>>,
}

/// What Podman notes of a container.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct Note {
    image_name: Option<String>,
}

fn read(machine: &dyn Machine, places: &Places) -> Result<Storage, String> {
    let mut storage = Storage::default();
    for folder in &places.images {
        for driver in drivers(machine, folder)? {
            let file = |kind: &str, name: &str| folder.join(format!("{driver}-{kind}")).join(name);
            let layers: Vec<Layer> = json(machine, &file("layers", "layers.json"))?;
            let layers = layers.into_iter().map(|layer| (layer.id.clone(), layer)).collect();
            let images: Vec<Image> = json(machine, &file("images", "images.json"))?;
            storage.images.extend(images.into_iter().map(|image| stored(image, &layers)));
            let mut containers: Vec<Container> = json(machine, &file("containers", "containers.json"))?;
            // Those of `podman run --rm`; with a store that forgets, at the place of what ends with the machine.
            let short_lived = "volatile-containers.json";
            containers.extend(json::<Container>(machine, &file("containers", short_lived))?);
            let forgotten = places.run.join(format!("{driver}-containers")).join(short_lived);
            containers.extend(json::<Container>(machine, &forgotten)?);
            storage.containers.extend(containers.into_iter().filter_map(made));
        }
    }
    Ok(storage)
}

/// The storage drivers that have images in this folder.
fn drivers(machine: &dyn Machine, folder: &Path) -> Result<Vec<String>, String> {
    let names = machine.names(folder).map_err(|error| error.to_string())?;
    Ok(names.iter().filter_map(|name| Some(name.strip_suffix("-images")?.to_owned())).collect())
}

fn json<T: DeserializeOwned>(machine: &dyn Machine, path: &Path) -> Result<Vec<T>, String> {
    let bytes = machine.read(path).map_err(|error| error.to_string())?;
    let list = bytes.filter(|bytes| !bytes.is_empty()).map(|bytes| serde_json::from_slice(&bytes));
    let list: Option<Option<Vec<T>>> =
        list.transpose().map_err(|error| format!("`{}` cannot be understood: {error}", path.display()))?;
    Ok(list.flatten().unwrap_or_default())
}

fn stored(image: Image, layers: &BTreeMap<String, Layer>) -> StoredImage {
    let mut names = image.names.unwrap_or_default();
    if let (true, Some(digest)) = (names.is_empty(), &image.digest) {
        // What it was called when it came; another image may have that name by now, its digest has none.
        let earlier = image.names_history.unwrap_or_default().into_iter();
        names =
            earlier.map(|name| if name.contains('@') { name } else { format!("{name}@{digest}") }).collect();
    }
    StoredImage {
        size: image.layer.as_deref().filter(|top| !top.is_empty()).and_then(|top| size(top, layers)),
        created: image
            .created
            .and_then(|text| text.parse::<Timestamp>().ok())
            .filter(|it| it.as_second() > 0),
        id: image.id,
        digest: image.digest,
        names,
        containers: Vec::new(),
    }
}

/// What a layer and all below it take; unknown if any of them is.
fn size(top: &str, layers: &BTreeMap<String, Layer>) -> Option<u64> {
    let mut total: u64 = 0;
    let mut next = Some(top);
    // A chain that leads back to itself would have no end.
    for _ in 0..=layers.len() {
        let Some(id) = next.filter(|id| !id.is_empty()) else { return Some(total) };
        let layer = layers.get(id)?;
        total = total.checked_add(u64::try_from(layer.diff_size.unwrap_or(0)).ok()?)?;
        next = layer.parent.as_deref();
    }
    None
}

fn made(container: Container) -> Option<Made> {
    let note: Note = container.metadata.and_then(|note| serde_json::from_str(&note).ok()).unwrap_or_default();
    let name = container.names.and_then(|names| names.into_iter().next());
    let image = note.image_name.filter(|name| !name.is_empty());
    Some(Made { of: container.image?, container: RunningContainer { id: container.id, name, image } })
}

mod places {
    //! Where containers/storage lies: as `storage.conf` says, and where it does not, at its usual place.

    use std::path::{Path, PathBuf};

    use toml_edit::{DocumentMut, Item};

    use crate::Machine;
    use crate::machine::text;

    /// The system's own settings, the first that is there.
    const SYSTEM: [&str; 2] = ["/etc/containers/storage.conf", "/usr/share/containers/storage.conf"];

    /// Whose storage is meant.
    pub(super) enum Whose<'a> {
        /// That of the machine.
        Root,
        /// A person's own.
        Person { uid: u32, home: &'a Path, runtime: &'a Path },
    }

    /// The folders of one storage.
    #[derive(Debug, PartialEq, Eq)]
    pub(super) struct Places {
        /// Where images are, the storage's own first, then those it only reads.
        pub(super) images: Vec<PathBuf>,
        /// Where what ends with the machine is.
        pub(super) run: PathBuf,
    }

    impl Places {
        pub(super) fn of(machine: &dyn Machine, whose: &Whose<'_>) -> Self {
            let system = SYSTEM.iter().find_map(|path| settings(machine, Path::new(path)));
            match whose {
                Whose::Root => Self::new(
                    system.as_ref(),
                    folder(system.as_ref(), "graphroot", None)
                        .unwrap_or("/var/lib/containers/storage".into()),
                    folder(system.as_ref(), "runroot", None).unwrap_or("/run/containers/storage".into()),
                ),
                Whose::Person { uid, home, runtime } => {
                    let person = Some((*uid, *home));
                    let own = settings(machine, &home.join(".config/containers/storage.conf"));
                    let graph = folder(own.as_ref(), "graphroot", person)
                        .or_else(|| folder(own.as_ref(), "rootless_storage_path", person))
                        .or_else(|| folder(system.as_ref(), "rootless_storage_path", person));
                    let run = folder(own.as_ref(), "runroot", person);
                    Self::new(
                        own.as_ref().or(system.as_ref()),
                        graph.unwrap_or_else(|| home.join(".local/share/containers/storage")),
                        run.unwrap_or_else(|| runtime.join("containers")),
                    )
                }
            }
        }

        fn new(settings: Option<&DocumentMut>, graph: PathBuf, run: PathBuf) -> Self {
            let further = settings.and_then(|settings| {
                settings.get("storage")?.get("options")?.get("additionalimagestores")?.as_array().cloned()
            });
            let further =
                further.iter().flat_map(|list| list.iter().filter_map(|it| it.as_str().map(PathBuf::from)));
            let mut images = vec![graph];
            images.extend(further.filter(|path| path.is_absolute()));
            Self { images, run }
        }
    }

    fn settings(machine: &dyn Machine, path: &Path) -> Option<DocumentMut> {
        text(machine, path)?.parse().ok()
    }

    /// A folder that a key of `[storage]` names, with the person's own places filled in.
    fn folder(settings: Option<&DocumentMut>, key: &str, person: Option<(u32, &Path)>) -> Option<PathBuf> {
        let mut path = settings?.get("storage")?.get(key).and_then(Item::as_str)?.to_owned();
        if let Some((uid, home)) = person {
            path = path.replace("$HOME", &home.to_string_lossy()).replace("$UID", &uid.to_string());
        }
        Some(PathBuf::from(path)).filter(|path| path.is_absolute())
    }
}
