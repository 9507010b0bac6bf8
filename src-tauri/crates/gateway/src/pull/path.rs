//! What a path of the distribution API asks for.
//!
//! Registries serve several spellings of one path, so a policy matched on the raw path could be walked around.
//! Whatever a registry could read as `/v2/<name>/{manifests,blobs,tags,referrers}/…` must be written exactly so,
//! and is then written anew for the registry; anything else in that shape is refused.

use image_ref::{Digest, Tag};
use thiserror::Error;

/// What a path asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `/v2/`: is this a registry, and who are you?
    Ping,
    /// `/v2/_catalog`.
    Catalog,
    /// Something of a repository.
    Content { name: String, object: Object },
    /// Not a path of the distribution API.
    Other,
}

/// The object of a repository that a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    ManifestByTag(Tag),
    ManifestByDigest(Digest),
    Blob(Digest),
    Tags,
    Referrers(Digest),
    /// Begins an upload.
    Uploads,
    /// An upload that was begun, by the registry's own name for it.
    /// Most registries put it below `uploads/`, and some below `upload/`.
    Upload(String),
}

/// A path that has the shape of the distribution API and is not spelled as it must be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the path `{path}` can be read in more than one way: {why}")]
pub(crate) struct AmbiguousPath {
    path: String,
    why: &'static str,
}

impl Object {
    /// The one spelling of this object's path.
    pub(crate) fn path(&self, name: &str) -> String {
        match self {
            Self::ManifestByTag(tag) => format!("/v2/{name}/manifests/{tag}"),
            Self::ManifestByDigest(digest) => format!("/v2/{name}/manifests/{digest}"),
            Self::Blob(digest) => format!("/v2/{name}/blobs/{digest}"),
            Self::Tags => format!("/v2/{name}/tags/list"),
            Self::Referrers(digest) => format!("/v2/{name}/referrers/{digest}"),
            Self::Uploads => format!("/v2/{name}/blobs/uploads/"),
            Self::Upload(session) => format!("/v2/{name}/blobs/{session}"),
        }
    }

    pub(crate) fn is_manifest(&self) -> bool {
        matches!(self, Self::ManifestByTag(_) | Self::ManifestByDigest(_))
    }
}

/// Reads a path without its query.
pub(crate) fn shape(path: &str) -> Result<Shape, AmbiguousPath> {
    if !could_be_content(path) {
        return Ok(match path {
            "/v2" | "/v2/" => Shape::Ping,
            "/v2/_catalog" => Shape::Catalog,
            _ => Shape::Other,
        });
    }
    let refuse = |why| AmbiguousPath { path: path.chars().take(120).collect(), why };
    let plain = path.replace("%3A", ":").replace("%3a", ":");
    let rest = plain.strip_prefix("/v2/").ok_or_else(|| refuse("it does not begin with `/v2/`"))?;
    let (name, object) = content(rest).ok_or_else(|| refuse("it is not `/v2/<name>/<kind>/<reference>`"))?;
    if plain.contains('%') && !matches!(object, Object::Upload(_)) {
        return Err(refuse("letters are percent-encoded"));
    }
    Ok(Shape::Content { name: name.to_owned(), object })
}

fn content(rest: &str) -> Option<(&str, Object)> {
    let (head, last) = rest.rsplit_once('/')?;
    let (name, object) = match head.rsplit_once('/') {
        Some((name, "manifests")) => (name, manifest(last)?),
        Some((name, "blobs")) => (name, Object::Blob(Digest::parse(last).ok()?)),
        Some((name, "tags")) if last == "list" => (name, Object::Tags),
        Some((name, "referrers")) => (name, Object::Referrers(Digest::parse(last).ok()?)),
        Some((above, folder @ ("uploads" | "upload"))) => {
            (above.strip_suffix("/blobs")?, upload(folder, last)?)
        }
        Some(_) | None => return None,
    };
    is_name(name).then_some((name, object))
}

fn manifest(reference: &str) -> Option<Object> {
    if reference.contains(':') {
        return Digest::parse(reference).ok().map(Object::ManifestByDigest);
    }
    Tag::parse(reference).ok().map(Object::ManifestByTag)
}

fn upload(folder: &str, session: &str) -> Option<Object> {
    if session.is_empty() {
        return (folder == "uploads").then_some(Object::Uploads);
    }
    let plain = decoded(session)?;
    let good = plain.bytes().all(|byte| byte.is_ascii_graphic() && !b"/\\?#%".contains(&byte));
    (good && !matches!(plain.as_str(), "." | "..")).then(|| Object::Upload(format!("{folder}/{session}")))
}

/// The characters a name may hold; its full grammar is the reference's. A host with a port may lead it.
fn is_name(name: &str) -> bool {
    let segment = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._:[]".contains(&byte))
            && part.bytes().any(|byte| byte.is_ascii_alphanumeric())
    };
    name.split('/').all(segment)
}

/// Whether any reader could take this for content. Readers differ in how often they decode, whether they cut a segment
/// at `;`, take `\\` for `/` and resolve dot segments; all of them merge slashes and pass over the case of letters here.
fn could_be_content(path: &str) -> bool {
    let mut text = path.to_owned();
    for _ in 0..MOST_DECODINGS {
        let slashes = text.replace('\\', "/");
        let cut_and_resolved = [(false, false), (false, true), (true, false), (true, true)];
        let read =
            |text: &str| cut_and_resolved.iter().any(|(cut, resolved)| is_content(text, *cut, *resolved));
        if read(&text.to_ascii_lowercase()) || read(&slashes.to_ascii_lowercase()) {
            return true;
        }
        match decode_once(&text) {
            Some(next) => text = next,
            None => return false,
        }
    }
    true
}

/// The same for one reader.
fn is_content(text: &str, cuts: bool, resolves: bool) -> bool {
    let mut segments: Vec<&str> = Vec::new();
    for segment in text.split('/') {
        let segment = if cuts { segment.split(';').next().unwrap_or_default() } else { segment };
        // Spaces and control characters are nothing to some readers.
        match segment.trim_matches(|letter: char| letter.is_whitespace() || letter.is_control()) {
            "" => {}
            "." if resolves => {}
            ".." if resolves => drop(segments.pop()),
            plain => segments.push(plain),
        }
    }
    let kinds = ["manifests", "blobs", "tags", "referrers"];
    let named = |segments: &[&str]| segments.iter().skip(1).any(|segment| kinds.contains(segment));
    segments.first() == Some(&"v2") && named(&segments[1..])
}

/// No honest sender encodes more often.
const MOST_DECODINGS: usize = 8;

/// Decoded until nothing changes; nothing for what is encoded more often than any honest sender does.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..MOST_DECODINGS {
        match decode_once(&text) {
            Some(next) => text = next,
            None => return Some(text),
        }
    }
    None
}

fn decode_once(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((&first, rest)) = bytes.split_first() {
        let pair = rest.first_chunk::<2>().and_then(hex);
        out.push(pair.filter(|_| first == b'%').unwrap_or(first));
        bytes = if first == b'%' && pair.is_some() { &rest[2..] } else { rest };
    }
    (out.len() != text.len()).then(|| String::from_utf8_lossy(&out).into_owned())
}

fn hex(pair: &[u8; 2]) -> Option<u8> {
    let text = str::from_utf8(pair).ok().filter(|text| !text.starts_with('+'))?;
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn content_of(path: &str) -> (String, Object) {
        match shape(path) {
            Ok(Shape::Content { name, object }) => (name, object),
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn every_object_of_a_repository_is_read_and_written_alike() {
        for path in [
            "/v2/a/b/manifests/1.0".to_owned(),
            format!("/v2/a/manifests/{DIGEST}"),
            format!("/v2/a/blobs/{DIGEST}"),
            "/v2/a/tags/list".to_owned(),
            format!("/v2/a/referrers/{DIGEST}"),
            "/v2/a/blobs/uploads/".to_owned(),
            "/v2/a/blobs/uploads/0a-b_c.d=".to_owned(),
            "/v2/a/blobs/upload/0a-b_c.d=".to_owned(),
            "/v2/quay.io:443/manifests/manifests/tags".to_owned(),
        ] {
            let (name, object) = content_of(&path);
            assert_eq!(object.path(&name), path);
        }
        let (name, object) = content_of(&format!("/v2/a/blobs/{}", DIGEST.replace(':', "%3A")));
        assert_eq!(object.path(&name), format!("/v2/a/blobs/{DIGEST}"), "clients encode the colon");
    }

    #[test]
    fn another_spelling_of_a_content_path_is_refused() {
        for path in [
            "/v2/evil%2Fimg/manifests/1",
            "/v2/%65vil/manifests/1",
            "/v2/evil/%6danifests/1",
            "/v2/evil/%256danifests/1",
            "/v2/evil/%25256danifests/1",
            "/%25252525252525252576",
            "/v2/evil/manifests/%6catest",
            "/v2//evil/manifests/1",
            "/v2/evil/./manifests/1",
            "/v2/x/../evil/manifests/1",
            "/v2/x/%2e%2e/evil/manifests/1",
            "/x/../v2/evil/manifests/1",
            "//v2/evil/manifests/1",
            "/%762/evil/manifests/1",
            "/V2/evil/manifests/1",
            "/v2/evil/Manifests/1",
            "/v2/Evil/manifests/1",
            "/v2/evil/manifests/1/",
            "/v2/evil\\manifests\\1",
            "/v2/evil;x/manifests/1",
            "/v2/evil/manifests;x/1",
            "/v2/evil/manifests/1%00",
            "/v2/evil/manifests/1%20",
            "/v2/evil/manifests/sha256:00",
            "/v2/evil/blobs/uploads/a%2Fb",
            "/v2/evil/blobs/uploads/a/b",
            "/v2/evil/blobs/upload/",
            "/v2/evil/tags/all",
            // One reader takes these for nothing of a registry, and another one for content.
            "/v2/evil/manifests/..;/",
            "/v2/evil/manifests/..",
            "/v2/evil/manifests/../x",
            "/v2/evil/tags/%2E%2e/list",
            "/v2/evil/manifests/%252e%252e/1",
            "/v2/evil/manifests/..%3b/1",
            "/v2/evil/blobs/../../x",
            "/x/..;/v2/evil/manifests/1",
            "/v2;x/evil/manifests/1",
        ] {
            assert!(shape(path).is_err(), "{path}: {:?}", shape(path));
        }
    }

    #[test]
    fn what_is_not_content_passes_as_it_is() {
        assert_eq!(shape("/v2/"), Ok(Shape::Ping));
        assert_eq!(shape("/v2"), Ok(Shape::Ping));
        assert_eq!(shape("/v2/_catalog"), Ok(Shape::Catalog));
        for path in
            ["/token", "/v2/token", "/registry-v2//docker/registry/v2/blobs/sha256/aa/data", "/a%20b", "/"]
        {
            assert_eq!(shape(path), Ok(Shape::Other), "{path}");
        }
    }
}
