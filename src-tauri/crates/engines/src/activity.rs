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
mod tests {
    use crate::machine::memory::Memory;
    use crate::machine::{Process, simulated};
    use crate::{EngineId, activity};

    const STORE: &str = "/var/lib/containerd/io.containerd.content.v1.content";

    /// A machine on which a program holds a file open.
    fn holding(program: &str, path: &str) -> Memory {
        let mut machine = simulated::machine(&[], 0);
        let arguments = vec![format!("/usr/bin/{program}")];
        machine.running.push(Process { pid: 4000, parent: 1, uid: 0, arguments });
        machine.open.insert(4000, vec!["/dev/null".into(), path.into()]);
        machine
    }

    fn works(machine: &Memory) -> [Option<String>; 3] {
        [EngineId::Docker, EngineId::Containerd, EngineId::Podman].map(|engine| activity(engine, machine))
    }

    #[test]
    fn a_layer_that_arrives_in_any_store_is_a_pull() {
        for (program, path) in [
            ("dockerd", "/srv/docker/tmp/GetImageBlob1234"),
            ("containerd", &format!("{STORE}/ingest/0a/data")),
            (
                "containerd",
                "/var/lib/docker/containerd/daemon/io.containerd.content.v1.content/ingest/0a/data",
            ),
        ] {
            let pull = Some("a pull".to_owned());
            assert_eq!(works(&holding(program, path)), [pull.clone(), pull, None], "{path}");
        }
    }

    #[test]
    fn a_layer_that_is_read_is_unpacked_or_sent() {
        let reading = Some("unpacking or sending an image".to_owned());
        let machine = holding("containerd", &format!("{STORE}/blobs/sha256/0a"));
        assert_eq!(works(&machine), [reading.clone(), reading, None]);
    }

    #[test]
    fn what_a_pull_that_broke_off_left_behind_keeps_no_engine_from_its_restart() {
        let machine = holding("containerd", "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db");
        machine.put(&format!("{STORE}/ingest/0a/data"), b"half of a layer");
        machine.put("/var/lib/docker/tmp/GetImageBlob1234", b"half of a layer");
        assert_eq!(works(&machine), [None, None, None]);
    }

    #[test]
    fn what_another_program_reads_in_a_store_is_no_pull() {
        assert_eq!(works(&holding("tar", &format!("{STORE}/ingest/0a/data"))), [None, None, None]);
    }

    #[test]
    fn a_build_is_named_before_the_layers_it_fetches() {
        let machine = holding("containerd", &format!("{STORE}/ingest/0a/data"));
        machine.answer("GET /system/df?type=build-cache", 200, r#"{"BuildCache":[{"InUse":true}]}"#);
        assert_eq!(activity(EngineId::Docker, &machine).as_deref(), Some("a build"));
    }
}
