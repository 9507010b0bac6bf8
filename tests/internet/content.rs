//! Content hosts: blobs behind signed addresses, with the doubled slash that real ones have.

use acceptance::internet::Kind;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};

use crate::body::{Answer, full, text};
use crate::manners::spoil;
use crate::world::World;

const PREFIX: &str = "/registry-v2//docker/registry/v2/blobs/";
const KEY: &[u8] = b"only the content hosts know this";

/// The address under which a content host delivers a blob.
pub(crate) fn address(host: &str, folder: &str, repository: &str, digest: &str) -> String {
    let (algorithm, hex) = digest.split_once(':').unwrap_or(("sha256", digest));
    let subject = BASE64_URL_SAFE_NO_PAD.encode(format!("{folder} {repository}"));
    let signature = sign(&format!("{subject}{digest}"));
    let start = hex.get(..2).unwrap_or_default();
    format!("https://{host}{PREFIX}{algorithm}/{start}/{hex}/data?verify={subject}-{signature}%3D&a=1%2F2")
}

/// The repository whose blob an address delivers, if the address is one of ours.
pub(crate) fn repository(path: &str, query: &str) -> Option<(String, String, String)> {
    let mut steps = path.strip_prefix(PREFIX)?.split('/');
    let (algorithm, _, hex) = (steps.next()?, steps.next()?, steps.next()?);
    let digest = format!("{algorithm}:{hex}");
    let ticket = query.strip_prefix("verify=")?.strip_suffix("%3D&a=1%2F2")?;
    let (subject, signature) = ticket.split_at_checked(ticket.len().checked_sub(SIGNATURE + 1)?)?;
    if sign(&format!("{subject}{digest}")) != signature[1..] {
        return None;
    }
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(subject).ok()?).ok()?;
    let (folder, repository) = text.split_once(' ')?;
    Some((folder.to_owned(), repository.to_owned(), digest))
}

pub(crate) async fn serve(world: &World, request: Request<Incoming>) -> Answer {
    let query = request.uri().query().unwrap_or_default();
    let Some((folder, repository, digest)) = repository(request.uri().path(), query) else {
        return text(StatusCode::FORBIDDEN, "this address was not signed here");
    };
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "content is only read");
    }
    let manners = world.manners.of(&repository);
    let name = repository.split_once('/').map_or(repository.as_str(), |(_, name)| name);
    let path = format!("/v2/{name}/blobs/{digest}");
    let (parts, _) = request.into_parts();
    let answer = world.warehouse.ask(&folder, &path, parts.method, parts.headers, full("")).await;
    answer.map(|body| spoil(body, &manners))
}

/// What kind of request a content host gets.
pub(crate) const KIND: Kind = Kind::Content;

/// The length of a signature in characters.
const SIGNATURE: usize = 43;

fn sign(text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY);
    BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes()))
}
