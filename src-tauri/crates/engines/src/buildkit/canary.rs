//! A build that must be denied: one line, in a folder of its own, by whichever client is here.

use std::path::{Path, PathBuf};

use crate::Machine;
use crate::machine::{Kind, program};
use crate::verify::{CANARY, CANARY_TAG, Canary};

/// Where the packages of Docker put what `docker buildx` runs.
const PLUGINS: [&str; 4] = [
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
];
const BUILDCTL: &str = "\"$0\" --addr \"$1\" build --progress plain --frontend dockerfile.v0 \
     --local context=\"$d/build\" --local dockerfile=\"$d/build\"";
/// It knows remote daemons by a name alone, so it gets a folder for names as well.
const BUILDX: &str = "export BUILDX_CONFIG=\"$d/buildx\" DOCKER_CONFIG=\"$d/docker\"; \
     \"$0\" create --name proof --driver remote \"$1\" > \"$d/created\" 2>&1 || { cat \"$d/created\"; false; } && \
     \"$0\" build --builder proof --progress plain \"$d/build\"";

/// Builds and tells how that ended.
pub(super) fn pull(address: &str, machine: &dyn Machine) -> Canary {
    let buildctl = program(machine, "buildctl").map(|it| (it, BUILDCTL));
    let Some((client, build)) = buildctl.or_else(|| Some((buildx(machine)?, BUILDX))) else {
        return Canary::NotTried(
            "neither `buildctl` nor `docker buildx` is installed to try a build with".into(),
        );
    };
    let script = format!(
        "d=$(mktemp -d) && mkdir \"$d/build\" && echo 'FROM {CANARY}:{CANARY_TAG}' > \"$d/build/Dockerfile\" && {{ {build}; }}; \
         s=$?; rm -rf \"$d\"; exit $s"
    );
    Canary::pull(machine, &["sh", "-c", &script, &client.to_string_lossy(), address])
}

fn buildx(machine: &dyn Machine) -> Option<PathBuf> {
    let places = PLUGINS.iter().map(|folder| Path::new(folder).join("docker-buildx"));
    let is_there =
        |path: &PathBuf| matches!(machine.entry(path), Ok(Some(entry)) if entry.kind != Kind::Folder);
    places.into_iter().find(is_there).or_else(|| program(machine, "docker-buildx"))
}
