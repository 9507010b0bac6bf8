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
                folder(system.as_ref(), "graphroot", None).unwrap_or("/var/lib/containers/storage".into()),
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
