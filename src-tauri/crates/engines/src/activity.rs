//! Whether an engine does something that a restart would cut off. No engine lists its pulls, so the files that its
//! daemons hold open tell: layers that arrive, and layers that are unpacked or sent. What a pull that broke off left
//! behind is held open by nobody.

use std::path::Path;

use crate::Machine;

/// The daemons that fetch images: Docker Engine's classic store itself, every other store through containerd.
const DAEMONS: [&str; 3] = ["dockerd", "containerd", "docker-containerd"];
/// The folder of containerd's content store, below whatever root containerd has.
const CONTENT: &str = "/io.containerd.content.v1.content/";
/// What containerd is writing, in the content store.
const INGEST: &str = "/io.containerd.content.v1.content/ingest/";
/// What Docker's classic store names a layer while it arrives.
const ARRIVING: &str = "GetImageBlob";

/// What Docker Engine or containerd does to images, in words.
pub(crate) fn transfer(machine: &dyn Machine) -> Option<&'static str> {
    let processes = machine.processes();
    let daemons = processes.iter().filter(|process| DAEMONS.contains(&process.program()));
    let open: Vec<_> = daemons.flat_map(|daemon| machine.open_files(daemon.pid)).collect();
    let any = |is: fn(&Path) -> bool| open.iter().any(|path| is(path));
    any(arrives).then_some("a pull").or_else(|| any(is_content).then_some("unpacking or sending an image"))
}

fn arrives(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with(ARRIVING) || path.to_string_lossy().contains(INGEST)
}

fn is_content(path: &Path) -> bool {
    path.to_string_lossy().contains(CONTENT)
}

#[cfg(test)]
mod tests;
