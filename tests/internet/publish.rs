//! Puts an image into the warehouse: layers, configurations, manifests for two platforms and their index.

use acceptance::internet::{Content, Image, Published};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::body::{Failure, full};
use crate::layers::{self, Layer, digest};
use crate::sites;
use crate::warehouse::Warehouse;
use crate::world::World;

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

pub(crate) async fn publish(world: &World, image: Image) -> Result<Published, Failure> {
    let (registry, name) = image.repository.split_once('/').ok_or("the repository names no registry")?;
    let folder = sites::folder(registry).ok_or_else(|| format!("there is no registry {registry}"))?;
    if image.private {
        world.hide(&image.repository);
    }
    let place = format!("/v2/{folder}/{name}");
    let shelf = Shelf { warehouse: &world.warehouse, place: &place };
    let described = image.clone();
    let (native, foreign) =
        tokio::task::spawn_blocking(move || (layers::native(&described), layers::foreign(&described)))
            .await?;
    let (here, elsewhere) = platforms();
    let first = shelf.manifest(&image, here, &native).await?;
    let mut manifests = vec![first.descriptor];
    if !matches!(image.content, Content::Random { .. }) {
        manifests.push(shelf.manifest(&image, elsewhere, &foreign).await?.descriptor);
    }
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}).to_string();
    for tag in &image.tags {
        shelf.put(INDEX, tag, &index).await?;
    }
    Ok(Published {
        index: digest(index.as_bytes()),
        manifest: first.digest,
        config: first.config,
        layers: native.iter().map(|layer| digest(&layer.blob)).collect(),
    })
}

/// The architecture of this machine, and one it is not.
fn platforms() -> (&'static str, &'static str) {
    if std::env::consts::ARCH == "aarch64" { ("arm64", "amd64") } else { ("amd64", "arm64") }
}

/// One repository in the warehouse.
struct Shelf<'a> {
    warehouse: &'a Warehouse,
    place: &'a str,
}

struct Manifest {
    digest: String,
    config: String,
    descriptor: Value,
}

impl Shelf<'_> {
    async fn manifest(
        &self,
        image: &Image,
        architecture: &str,
        parts: &[Layer],
    ) -> Result<Manifest, Failure> {
        let mut described = Vec::new();
        for layer in parts {
            let digest = self.blob(&layer.blob).await?;
            described.push(json!({"mediaType": LAYER, "digest": digest, "size": layer.blob.len()}));
        }
        let config = config(image, architecture, parts).to_string();
        let config_digest = self.blob(config.as_bytes()).await?;
        let text = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": config_digest, "size": config.len()},
            "layers": described,
        })
        .to_string();
        let digest = digest(text.as_bytes());
        self.put(MANIFEST, &digest, &text).await?;
        let descriptor = json!({
            "mediaType": MANIFEST,
            "digest": digest,
            "size": text.len(),
            "platform": {"architecture": architecture, "os": "linux"},
        });
        Ok(Manifest { digest, config: config_digest, descriptor })
    }

    async fn blob(&self, bytes: &[u8]) -> Result<String, Failure> {
        let digest = digest(bytes);
        let start = format!("{}/blobs/uploads/", self.place);
        let started = self.warehouse.send(Method::POST, &start, HeaderMap::new(), full("")).await?;
        let location = started.headers().get(LOCATION).ok_or("the warehouse starts no upload")?.to_str()?;
        let join = if location.contains('?') { '&' } else { '?' };
        let end = format!("{location}{join}digest={digest}");
        let ended = self.warehouse.send(Method::PUT, &end, HeaderMap::new(), full(bytes.to_vec())).await?;
        created(ended.status(), "a blob")?;
        Ok(digest)
    }

    async fn put(&self, media: &'static str, reference: &str, text: &str) -> Result<(), Failure> {
        let path = format!("{}/manifests/{reference}", self.place);
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media))]);
        let answer = self.warehouse.send(Method::PUT, &path, headers, full(text.to_owned())).await?;
        created(answer.status(), "a manifest")
    }
}

fn created(status: StatusCode, what: &str) -> Result<(), Failure> {
    if status == StatusCode::CREATED {
        Ok(())
    } else {
        Err(format!("the warehouse refused {what}: {status}").into())
    }
}

fn config(image: &Image, architecture: &str, parts: &[Layer]) -> Value {
    let inside: Vec<&str> = parts.iter().map(|layer| layer.inside.as_str()).collect();
    let history = parts.iter().map(|_| json!({"created_by": "the small internet"})).collect::<Vec<_>>();
    let run = match image.content {
        Content::Busybox | Content::Random { .. } => {
            json!({"Env": ["PATH=/bin"], "Cmd": ["/bin/cat", "/etc/image"]})
        }
        Content::Frontend => json!({"Env": ["PATH=/"], "Entrypoint": ["/frontend"]}),
    };
    json!({
        "architecture": architecture,
        "os": "linux",
        "created": "2025-01-01T00:00:00Z",
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": inside},
        "history": history,
    })
}
