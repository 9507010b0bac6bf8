//! One command per engine: what a person types, the files it needs, and how to see whether the image came.

use crate::laptop::Person;

/// A way of bringing in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// `docker pull`.
    DockerPull,
    /// `docker run` of an image that is not there yet.
    DockerRun,
    /// `docker compose pull`.
    Compose,
    /// `docker build` by BuildKit, the image in `FROM`.
    BuildKit,
    /// `docker build` by BuildKit, the image in `# syntax=`.
    BuildKitSyntax,
    /// `docker build` by the classic builder.
    ClassicBuild,
    /// `podman pull`.
    Podman,
    /// `podman build`.
    PodmanBuild,
    /// `buildah from`.
    Buildah,
    /// `skopeo copy` into a folder.
    SkopeoCopy,
    /// `skopeo inspect`.
    SkopeoInspect,
    /// containerd's CRI, as a kubelet uses it.
    Cri,
}

impl Flavor {
    /// Every way that Docker Engine serves.
    pub const DOCKER: [Self; 6] = [
        Self::DockerPull,
        Self::DockerRun,
        Self::Compose,
        Self::BuildKit,
        Self::BuildKitSyntax,
        Self::ClassicBuild,
    ];
    /// Every way that needs no daemon.
    pub const DAEMONLESS: [Self; 5] =
        [Self::Podman, Self::PodmanBuild, Self::Buildah, Self::SkopeoCopy, Self::SkopeoInspect];

    pub(super) fn usual_person(self) -> Person {
        match self {
            Self::DockerPull
            | Self::DockerRun
            | Self::Compose
            | Self::BuildKit
            | Self::BuildKitSyntax
            | Self::ClassicBuild => Person::Ada,
            Self::Podman
            | Self::PodmanBuild
            | Self::Buildah
            | Self::SkopeoCopy
            | Self::SkopeoInspect
            | Self::Cri => Person::Root,
        }
    }

    /// The files that lie in the working folder.
    pub(super) fn files(self, image: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::Compose => vec![("compose.yaml", format!("services:\n  app:\n    image: {image}\n"))],
            Self::BuildKit | Self::ClassicBuild | Self::PodmanBuild => {
                vec![("Dockerfile", format!("FROM {image}\nLABEL made=here\n"))]
            }
            Self::BuildKitSyntax => {
                vec![("Dockerfile", format!("# syntax={image}\nFROM scratch\nCOPY Dockerfile /\n"))]
            }
            Self::DockerPull
            | Self::DockerRun
            | Self::Podman
            | Self::Buildah
            | Self::SkopeoCopy
            | Self::SkopeoInspect
            | Self::Cri => Vec::new(),
        }
    }

    /// What a person types.
    pub(super) fn command(self, image: &str) -> String {
        match self {
            Self::DockerPull => format!("docker pull {image}"),
            Self::DockerRun => format!("docker run --rm {image}"),
            Self::Compose => "docker compose --project-name attempt pull".to_owned(),
            Self::BuildKit | Self::BuildKitSyntax => {
                format!("docker build --progress plain --iidfile built -t {} .", self.built(image))
            }
            Self::ClassicBuild => format!("DOCKER_BUILDKIT=0 docker build -t {} .", self.built(image)),
            Self::Podman => format!("podman pull {image}"),
            Self::PodmanBuild => format!("podman build -t {} .", self.built(image)),
            Self::Buildah => format!("buildah from {image}"),
            Self::SkopeoCopy => format!("skopeo copy docker://{image} dir:copied"),
            Self::SkopeoInspect => {
                format!("skopeo inspect docker://{image} | tee inspected; exit ${{PIPESTATUS[0]}}")
            }
            Self::Cri => format!("cri-pull pull {image}"),
        }
    }

    /// A command that succeeds if the image, or what was built from it, is there.
    pub(super) fn check(self, image: &str) -> String {
        match self {
            Self::DockerPull | Self::DockerRun | Self::Compose => format!("docker image inspect {image}"),
            Self::BuildKit | Self::BuildKitSyntax => "docker image inspect $(cat built)".to_owned(),
            Self::ClassicBuild => {
                format!("docker image inspect {image} || docker image inspect {}", self.built(image))
            }
            Self::Podman | Self::Buildah => format!("podman image exists {image}"),
            Self::PodmanBuild => {
                format!("podman image exists {image} || podman image exists {}", self.built(image))
            }
            Self::SkopeoCopy => "test -e copied/manifest.json".to_owned(),
            Self::SkopeoInspect => "grep -q Digest inspected".to_owned(),
            Self::Cri => format!("cri-pull status {image}"),
        }
    }

    /// The name of what is built, telling of what it was built from.
    fn built(self, image: &str) -> String {
        let plain: String =
            image.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
        format!("built/{}", plain.get(..plain.len().min(60)).unwrap_or("image").trim_end_matches('-'))
    }
}
