//! Images as tests describe them, and the ones every internet holds from the start.

use serde::{Deserialize, Serialize};

/// An image to be made and put into a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Registry and repository in full, such as `docker.io/library/official`.
    pub repository: String,
    /// The tags that name it.
    pub tags: Vec<String>,
    /// What is in it.
    pub content: Content,
    /// Whether only members of `acme` may pull it.
    pub private: bool,
    /// Distinguishes two images of one repository; every change of it changes every digest.
    pub edition: u32,
}

/// What an image is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Content {
    /// A static busybox and a file that names the repository; an index for amd64 and arm64, two layers each.
    Busybox,
    /// A frontend for `# syntax=` lines that hands the Dockerfile to BuildKit's own.
    Frontend,
    /// Incompressible layers for measurements; an index with one platform.
    Random {
        /// How many layers.
        layers: u32,
        /// The size of each.
        mebibytes: u32,
    },
}

/// The digests of a published image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The index its tags name.
    pub index: String,
    /// The manifest for amd64.
    pub manifest: String,
    /// The configuration of the amd64 manifest.
    pub config: String,
    /// The layers of the amd64 manifest.
    pub layers: Vec<String>,
}

impl Image {
    /// A public busybox image.
    pub fn new(repository: &str, tags: &[&str]) -> Self {
        Self {
            repository: repository.to_owned(),
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            content: Content::Busybox,
            private: false,
            edition: 1,
        }
    }

    /// The same image, for members only.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// The same image made of something else.
    #[must_use]
    pub fn made_of(mut self, content: Content) -> Self {
        self.content = content;
        self
    }

    /// Another image under the same names.
    #[must_use]
    pub fn edition(mut self, edition: u32) -> Self {
        self.edition = edition;
        self
    }
}

/// The images that every internet holds when it comes up.
pub fn catalogue() -> Vec<Image> {
    let both = &["1", "latest"];
    vec![
        Image::new("docker.io/library/official", both),
        Image::new("docker.io/grafana/tool", both),
        Image::new("docker.io/bitnami/tool", both),
        Image::new("docker.io/acme/private", both).private(),
        Image::new("docker.io/acme/tool", both),
        Image::new("docker.io/someuser/tool", both),
        Image::new("docker.io/evil/miner", both),
        Image::new("docker.io/localstack/localstack", &["4.1", "latest"]),
        Image::new("docker.io/localstack/localstack", &["3.9"]).edition(2),
        Image::new("docker.io/old/expired", both),
        Image::new("docker.io/docker/dockerfile", both).made_of(Content::Frontend),
        Image::new("docker.io/someuser/dockerfile", both).made_of(Content::Frontend),
        Image::new("ghcr.io/acme/app", both),
        Image::new("ghcr.io/acme/private", both).private(),
        Image::new("quay.io/coreos/etcd", both),
        Image::new("us-west1-docker.pkg.dev/k8s/images/pause", both),
        Image::new("registry.acme.example/team/app", both),
        Image::new("harbor.acme.example/team/app", both),
        Image::new("cache.acme.example/team/app", both),
        Image::new("cgr.dev/acme/app", both),
        Image::new("acme.azurecr.io/acme/private", both).private(),
        Image::new("harbor.acme.example/dockerhub-proxy/library/official", both),
        Image::new("expired.example/team/app", both),
        Image::new("wronghost.example/team/app", both),
        Image::new("foreign.example/team/app", both),
        Image::new("203.0.113.20:5000/plain/app", both),
    ]
}
