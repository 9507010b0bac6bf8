//! The requirements of the distribution specification 1.1, by the ids of its table of endpoints. Each asks the registry
//! and says whether it met the requirement; the order is that of a repository's life.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::client::{Client, Reply};

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const DOCKER: &str = "application/vnd.docker.distribution.manifest.v2+json";
const BYTES: (&str, &str) = ("Content-Type", "application/octet-stream");
const LAYER: &[u8] = b"a layer of sixty-four bytes, which is enough for ranges of bytes";
const CONFIG: &[u8] = br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#;
/// Lies in no registry.
const NOWHERE: &str = "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

/// A requirement: the endpoint's id, what is required, and how to ask.
pub(super) type Requirement = (&'static str, &'static str, fn(&mut Asking<'_>) -> bool);

/// One way's passage through the table.
pub(super) struct Asking<'a> {
    pub(super) client: &'a Client,
    pub(super) repository: String,
    /// Everything that was answered since the last requirement.
    pub(super) replies: Vec<Reply>,
    /// Where the upload that was begun goes on.
    location: String,
}

pub(super) fn hash(bytes: &[u8]) -> String {
    let hex: Vec<String> = digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hex.concat())
}

fn descriptor(kind: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": kind, "digest": hash(bytes), "size": bytes.len() })
}

fn manifest(change: Value) -> Vec<u8> {
    let mut whole = json!({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", CONFIG),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", LAYER)],
    });
    if let (Value::Object(whole), Value::Object(change)) = (&mut whole, change) {
        whole.extend(change);
    }
    whole.to_string().into_bytes()
}

fn image() -> Vec<u8> {
    manifest(json!({}))
}

fn index() -> Vec<u8> {
    let image = descriptor(MANIFEST, &image());
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [image] }).to_string().into_bytes()
}

/// Something about the image: a signature, a bill of material.
fn referrer() -> Vec<u8> {
    manifest(json!({ "subject": descriptor(MANIFEST, &image()), "artifactType": "application/vnd.example" }))
}

impl<'a> Asking<'a> {
    pub(super) fn new(client: &'a Client, repository: &str) -> Self {
        let (replies, location) = (Vec::new(), String::new());
        Self { client, repository: repository.to_owned(), replies, location }
    }

    fn path(&self, rest: &str) -> String {
        format!("/v2/{}/{rest}", self.repository)
    }

    fn send(&mut self, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Reply {
        let reply = self.client.send(method, path, fields, body);
        self.replies.push(reply.clone());
        reply
    }

    fn read(&mut self, method: &str, rest: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(method, &self.path(rest), fields, b"")
    }

    fn get(&mut self, rest: &str) -> Reply {
        self.read("GET", rest, &[])
    }

    fn head(&mut self, rest: &str) -> Reply {
        self.read("HEAD", rest, &[])
    }

    fn manifest(&mut self, method: &str, reference: &str, kind: &str) -> Reply {
        self.read(method, &format!("manifests/{reference}"), &[("Accept", kind)])
    }

    fn put(&mut self, reference: &str, kind: &str, body: &[u8]) -> Reply {
        self.send("PUT", &self.path(&format!("manifests/{reference}")), &[("Content-Type", kind)], body)
    }

    /// Begins an upload.
    fn begin(&mut self, query: &str) -> Reply {
        let reply = self.send("POST", &self.path(&format!("blobs/uploads/{query}")), &[], b"");
        self.goes_on(&reply);
        reply
    }

    fn goes_on(&mut self, reply: &Reply) {
        let location = reply.field("location");
        let path =
            location.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()));
        self.location = path.unwrap_or_else(|| location.to_owned());
    }

    /// Where the upload goes on, with more of a query.
    fn upload(&self, query: &str) -> String {
        let joint = if self.location.contains('?') { "&" } else { "?" };
        if query.is_empty() { self.location.clone() } else { format!("{}{joint}{query}", self.location) }
    }

    fn patch(&mut self, range: &str, body: &[u8]) -> Reply {
        let mut fields = vec![BYTES];
        if !range.is_empty() {
            fields.push(("Content-Range", range));
        }
        let reply = self.send("PATCH", &self.upload(""), &fields, body);
        self.goes_on(&reply);
        reply
    }

    fn finish(&mut self, body: &[u8], whole: &[u8]) -> Reply {
        let path = self.upload(&format!("digest={}", hash(whole)));
        self.send("PUT", &path, &[BYTES], body)
    }

    fn whole(&mut self, bytes: &[u8]) -> Reply {
        self.begin("");
        self.finish(bytes, bytes)
    }
}

fn code(reply: &Reply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    body["errors"][0]["code"].as_str().unwrap_or_default().to_owned()
}

fn is_error(reply: &Reply, status: u16, codes: &[&str]) -> bool {
    reply.status == status && codes.contains(&code(reply).as_str())
}

fn is_created(reply: &Reply, digest: &str) -> bool {
    reply.status == 201
        && reply.field("docker-content-digest") == digest
        && !reply.field("location").is_empty()
}

/// The mirror front is asked for no registry in particular here, so it answers itself.
pub(super) const PING: (&str, &str) = ("end-1", "the API is there");
/// What no policy can be asked about, the gateway refuses itself.
pub(super) const INVALID: (&str, &str) = ("end-3", "a name that is none: 4xx");

/// The table.
pub(super) const TABLE: &[Requirement] = &[
    (PING.0, PING.1, |it| it.send("GET", "/v2/", &[], b"").status == 200),
    ("end-4a", "an upload begins with 202 and a place to go on at", |it| {
        let reply = it.begin("");
        reply.status == 202 && !reply.field("location").is_empty()
    }),
    ("end-6", "a blob in one piece after POST: 201, its place and digest", |it| {
        let reply = it.finish(LAYER, LAYER);
        is_created(&reply, &hash(LAYER))
    }),
    ("end-4b", "a blob by POST alone: 201, or 202 to go on as after any POST", |it| {
        let query = format!("blobs/uploads/?digest={}", hash(CONFIG));
        let reply = it.send("POST", &it.path(&query), &[BYTES], CONFIG);
        it.goes_on(&reply);
        if reply.status == 202 { it.finish(CONFIG, CONFIG).status == 201 } else { reply.status == 201 }
    }),
    ("end-5", "a blob in two pieces: 202 with the range that has come, then 201", |it| {
        it.begin("");
        let (first, second) = (&LAYER[..32], &LAYER[32..]);
        let one = it.patch("0-31", first);
        let two = it.patch("32-63", second);
        let last = it.finish(b"", LAYER);
        one.status == 202
            && one.field("range") == "0-31"
            && two.field("range") == "0-63"
            && last.status == 201
    }),
    ("end-5", "a blob as a stream, chunked: 202, then 201", |it| {
        it.begin("");
        let fields = [BYTES, ("Transfer-Encoding", "chunked")];
        let reply = it.send("PATCH", &it.upload(""), &fields, LAYER);
        it.goes_on(&reply);
        reply.status == 202 && it.finish(b"", LAYER).status == 201
    }),
    ("end-5", "pieces out of order: 416", |it| {
        it.begin("");
        it.patch("32-63", &LAYER[32..]).status == 416
    }),
    ("end-13", "how far an upload is: 204 and its range", |it| {
        it.begin("");
        it.patch("0-31", &LAYER[..32]);
        let reply = it.send("GET", &it.upload(""), &[], b"");
        reply.status == 204 && reply.field("range") == "0-31"
    }),
    ("end-6", "a digest that is not that of the content: 400, DIGEST_INVALID", |it| {
        it.begin("");
        let reply = it.finish(b"something else", LAYER);
        is_error(&reply, 400, &["DIGEST_INVALID"])
    }),
    ("cancel", "an upload that is given up: 204, and it is gone", |it| {
        it.begin("");
        let reply = it.send("DELETE", &it.upload(""), &[], b"");
        let gone = it.send("GET", &it.upload(""), &[], b"");
        reply.status == 204 && is_error(&gone, 404, &["BLOB_UPLOAD_UNKNOWN"])
    }),
    ("end-7", "a manifest that names a blob which is not there: 4xx, MANIFEST_BLOB_UNKNOWN", |it| {
        let missing =
            json!([{ "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": NOWHERE, "size": 1 }]);
        let reply = it.put("broken", MANIFEST, &manifest(json!({ "layers": missing })));
        (400..500).contains(&reply.status) && code(&reply) == "MANIFEST_BLOB_UNKNOWN"
    }),
    ("end-7", "what is no manifest: 400, MANIFEST_INVALID", |it| {
        let reply = it.put("broken", MANIFEST, b"no manifest");
        is_error(&reply, 400, &["MANIFEST_INVALID"])
    }),
    ("end-7", "a manifest by tag: 201, its place and digest", |it| {
        let reply = it.put("one", MANIFEST, &image());
        is_created(&reply, &hash(&image()))
    }),
    ("end-7", "a manifest by digest: 201", |it| {
        let reply = it.put(&hash(&image()), MANIFEST, &image());
        is_created(&reply, &hash(&image()))
    }),
    ("end-7", "an index: 201", |it| is_created(&it.put("two", INDEX, &index()), &hash(&index()))),
    ("end-7", "a manifest with a subject: 201, and OCI-Subject where referrers are known", |it| {
        let reply = it.put("three", MANIFEST, &referrer());
        reply.status == 201 && reply.field("oci-subject") == hash(&image())
    }),
    ("end-3", "a manifest by tag: 200, its kind, digest and bytes", |it| {
        let reply = it.manifest("GET", "one", MANIFEST);
        reply.status == 200
            && reply.field("content-type") == MANIFEST
            && reply.field("docker-content-digest") == hash(&image())
            && reply.body == image()
    }),
    ("end-3", "a manifest by digest: 200 and its bytes", |it| {
        let reply = it.manifest("GET", &hash(&image()), MANIFEST);
        reply.status == 200 && reply.body == image()
    }),
    ("end-3", "an index by tag: 200 and its kind", |it| {
        let reply = it.manifest("GET", "two", &format!("{MANIFEST}, {INDEX}"));
        reply.status == 200 && reply.field("content-type") == INDEX
    }),
    ("end-3", "HEAD of a manifest by tag: as GET without the bytes", |it| {
        let reply = it.manifest("HEAD", "one", MANIFEST);
        reply.status == 200
            && reply.field("docker-content-digest") == hash(&image())
            && reply.field("content-length") == image().len().to_string()
    }),
    ("end-3", "HEAD of a manifest by digest: 200", |it| {
        it.manifest("HEAD", &hash(&image()), MANIFEST).status == 200
    }),
    ("end-3", "a manifest in a kind that was not asked for: its own kind, or 4xx", |it| {
        let reply = it.manifest("GET", "one", DOCKER);
        reply.status == 200 && reply.field("content-type") == MANIFEST || (400..500).contains(&reply.status)
    }),
    ("end-3", "a manifest with the digest that is had already: 304 where entity tags are known", |it| {
        let tag = format!("\"{}\"", hash(&image()));
        let reply = it.read("GET", "manifests/one", &[("Accept", MANIFEST), ("If-None-Match", &tag)]);
        reply.status == 304
    }),
    ("end-3", "a tag that is not there: 404, MANIFEST_UNKNOWN", |it| {
        let reply = it.manifest("GET", "never", MANIFEST);
        is_error(&reply, 404, &["MANIFEST_UNKNOWN"])
    }),
    ("end-3", "HEAD of a tag that is not there: 404 without a body", |it| {
        it.manifest("HEAD", "never", MANIFEST).status == 404
    }),
    ("end-3", "a digest that is not there: 404, MANIFEST_UNKNOWN", |it| {
        let reply = it.manifest("GET", NOWHERE, MANIFEST);
        is_error(&reply, 404, &["MANIFEST_UNKNOWN"])
    }),
    ("end-3", "a repository that is not there: 404, NAME_UNKNOWN or MANIFEST_UNKNOWN", |it| {
        let path = format!("/v2/{}/never/manifests/one", it.repository);
        let reply = it.send("GET", &path, &[("Accept", MANIFEST)], b"");
        is_error(&reply, 404, &["NAME_UNKNOWN", "MANIFEST_UNKNOWN"])
    }),
    (INVALID.0, INVALID.1, |it| {
        let path = format!("/v2/{}/UPPER/manifests/one", it.repository);
        (400..500).contains(&it.send("GET", &path, &[("Accept", MANIFEST)], b"").status)
    }),
    ("end-2", "a blob: 200, its digest and bytes", |it| {
        let reply = it.get(&format!("blobs/{}", hash(LAYER)));
        reply.status == 200 && reply.field("docker-content-digest") == hash(LAYER) && reply.body == LAYER
    }),
    ("end-2", "HEAD of a blob: 200 and its length", |it| {
        let reply = it.head(&format!("blobs/{}", hash(LAYER)));
        reply.status == 200 && reply.field("content-length") == "64"
    }),
    ("end-2", "a part of a blob: 206 and the range", |it| {
        let reply = it.read("GET", &format!("blobs/{}", hash(LAYER)), &[("Range", "bytes=8-15")]);
        reply.status == 206 && reply.body == LAYER[8..16] && reply.field("content-range") == "bytes 8-15/64"
    }),
    ("end-2", "the end of a blob: 206", |it| {
        let reply = it.read("GET", &format!("blobs/{}", hash(LAYER)), &[("Range", "bytes=-4")]);
        reply.status == 206 && reply.body == LAYER[60..]
    }),
    ("end-2", "a part that is not there: 416", |it| {
        it.read("GET", &format!("blobs/{}", hash(LAYER)), &[("Range", "bytes=64-")]).status == 416
    }),
    ("end-2", "a blob that is not there: 404, BLOB_UNKNOWN", |it| {
        let reply = it.get(&format!("blobs/{NOWHERE}"));
        is_error(&reply, 404, &["BLOB_UNKNOWN"])
    }),
    ("end-2", "HEAD of a blob that is not there: 404", |it| {
        it.head(&format!("blobs/{NOWHERE}")).status == 404
    }),
    ("end-8a", "the tags of a repository, in order", |it| {
        let body: Value = serde_json::from_slice(&it.get("tags/list").body).unwrap_or_default();
        body["tags"] == json!(["one", "three", "two"])
    }),
    ("end-8b", "two tags of them, and where the next are", |it| {
        let reply = it.get("tags/list?n=2");
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        body["tags"] == json!(["one", "three"]) && reply.field("link").contains("rel=\"next\"")
    }),
    ("end-8b", "those after a tag", |it| {
        let body: Value = serde_json::from_slice(&it.get("tags/list?n=5&last=one").body).unwrap_or_default();
        body["tags"] == json!(["three", "two"])
    }),
    ("end-8a", "the tags of a repository that is not there: 404, NAME_UNKNOWN", |it| {
        let path = format!("/v2/{}/never/tags/list", it.repository);
        let reply = it.send("GET", &path, &[], b"");
        is_error(&reply, 404, &["NAME_UNKNOWN"])
    }),
    ("end-12a", "what refers to a manifest: 200 and an index", |it| {
        let reply = it.get(&format!("referrers/{}", hash(&image())));
        reply.status == 200 && reply.field("content-type") == INDEX
    }),
    ("end-12b", "those of one kind", |it| {
        let reply = it.get(&format!("referrers/{}?artifactType=application/vnd.example", hash(&image())));
        reply.status == 200
    }),
    ("end-12a", "without them, the tag that stands in for them", |it| {
        let tag = hash(&image()).replace(':', "-");
        let put = it.put(&tag, INDEX, &index());
        put.status == 201 && it.manifest("GET", &tag, INDEX).status == 200
    }),
    ("end-11", "a blob of another repository: 201, or 202 to upload it", |it| {
        let other = format!("{}/other", it.repository);
        let query = format!("?mount={}&from={}", hash(LAYER), it.repository);
        let reply = it.send("POST", &format!("/v2/{other}/blobs/uploads/{query}"), &[], b"");
        reply.status == 201
            && it.send("HEAD", &format!("/v2/{other}/blobs/{}", hash(LAYER)), &[], b"").status == 200
    }),
    ("end-11", "a blob of another repository that it does not have: 202", |it| {
        let reply = it.begin(&format!("?mount={NOWHERE}&from={}", it.repository));
        reply.status == 202 && !reply.field("location").is_empty()
    }),
    ("end-7", "a blob may be empty", |it| is_created(&it.whole(b""), &hash(b""))),
    ("end-9", "a tag is taken away: 202, or refused with 4xx", |it| {
        let reply = it.read("DELETE", "manifests/two", &[]);
        reply.status == 202 || (400..500).contains(&reply.status)
    }),
    ("end-9", "a manifest is taken away: 202, and it is gone", |it| {
        let reply = it.read("DELETE", &format!("manifests/{}", hash(&referrer())), &[]);
        let gone = it.manifest("GET", &hash(&referrer()), MANIFEST);
        reply.status == 202 && is_error(&gone, 404, &["MANIFEST_UNKNOWN"])
    }),
    ("end-9", "a manifest that is not there: 404", |it| {
        let reply = it.read("DELETE", &format!("manifests/{NOWHERE}"), &[]);
        is_error(&reply, 404, &["MANIFEST_UNKNOWN"])
    }),
    ("end-10", "a blob is taken away: 202, and it is gone", |it| {
        let reply = it.read("DELETE", &format!("blobs/{}", hash(LAYER)), &[]);
        let gone = it.get(&format!("blobs/{}", hash(LAYER)));
        reply.status == 202 && is_error(&gone, 404, &["BLOB_UNKNOWN"])
    }),
    ("end-10", "a blob that is not there: 404, BLOB_UNKNOWN", |it| {
        let reply = it.read("DELETE", &format!("blobs/{NOWHERE}"), &[]);
        is_error(&reply, 404, &["BLOB_UNKNOWN"])
    }),
];
