//! Whether an engine does something that a restart would cut off. No engine lists its pulls, so what it writes while it
//! works tells: layers that arrive, and what a build has in use. What nobody wrote to for a minute is left over.

use std::path::{Path, PathBuf};

use crate::{EngineId, Machine, docker};

/// What arrives is written to at least this often, in seconds.
const FRESH: i64 = 60;
/// Where containerd keeps what arrives.
const INGEST: &str = "/var/lib/containerd/io.containerd.content.v1.content/ingest";

/// What the engine does, in words; `now` is in seconds since 1970.
pub fn work(engine: EngineId, machine: &dyn Machine, now: i64) -> Option<String> {
    let pull = || pulls(machine, now).then(|| "a pull".to_owned());
    if engine == EngineId::Docker {
        return docker::builds(machine).then(|| "a build".to_owned()).or_else(pull);
    }
    (engine == EngineId::Containerd).then(pull).flatten()
}

fn pulls(machine: &dyn Machine, now: i64) -> bool {
    let classic = docker::data_root(machine).map(|root| arriving_layers(machine, &root)).unwrap_or_default();
    let ingests = machine.names(Path::new(INGEST)).unwrap_or_default();
    let ingests = ingests.iter().map(|name| Path::new(INGEST).join(name).join("data"));
    let is_fresh = |path: PathBuf| {
        let entry = machine.entry(&path).ok().flatten();
        entry.is_some_and(|entry| now.saturating_sub(entry.modified) <= FRESH)
    };
    classic.into_iter().chain(ingests).any(is_fresh)
}

/// Files of Docker's classic store that exist while a layer is downloaded.
fn arriving_layers(machine: &dyn Machine, root: &Path) -> Vec<PathBuf> {
    let folder = root.join("tmp");
    let names = machine.names(&folder).unwrap_or_default();
    names.iter().filter(|name| name.starts_with("GetImageBlob")).map(|name| folder.join(name)).collect()
}
