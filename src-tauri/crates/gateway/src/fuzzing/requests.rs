//! What engines send.

use http1::{Body, Request, Target};

use crate::{
    pull::{
        accept::mirror::content,
        path::{Object, Shape, shape},
        request::Subject,
    },
    upstream::{Destination, Outgoing, Scheme, exchange::request_head},
};

/// What goes upstream for a head that is accepted is one request again, for the same.
pub(super) fn sent(input: &[u8]) {
    if !input.ends_with(b"\r\n\r\n") {
        return;
    }
    let Ok(request) = Request::parse(input) else { return };
    let Ok(body) = Body::of_request(&request) else { return };
    let path = match &request.target {
        Target::Origin(path) | Target::Absolute { path, .. } => path.clone(),
        Target::Authority(_) => return,
    };
    let Some(place) = Destination::from_authority(Scheme::Https, "registry.example") else { return };
    let (method, fields) = (request.method.as_str(), &request.fields);
    let outgoing = Outgoing { method, path: &path, fields, body, content: b"" };
    let sent = request_head(&place, &outgoing, None);
    let again = Request::parse(&sent);
    assert!(again.is_ok(), "not one request: {:?}", String::from_utf8_lossy(&sent));
    let Ok(again) = again else { return };
    assert_eq!((again.host(), &again.method), ("registry.example", &request.method));
    assert_eq!(again.target, Target::Origin(path));
    assert_eq!(Body::of_request(&again), Ok(body));
}

/// The first half of the bits says which letters are percent-encoded: no spelling of a path of content passes as
/// something else, and the one spelling is read as it was.
pub(super) fn path(input: &[u8]) {
    let (mask, text) = input.split_at(input.len() / 3);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(Shape::Content { name, object }) = shape(text) else { return };
    let plain = object.path(&name);
    assert_eq!(shape(&plain), Ok(Shape::Content { name: name.clone(), object: object.clone() }));
    let encoded: String = plain.bytes().enumerate().map(|(at, byte)| spelled(byte, mask, at)).collect();
    let Ok(read) = shape(&encoded) else { return };
    let is_same = matches!(read, Shape::Content { name: other, object: of }
        if other == name && (of == object || matches!(of, Object::Upload(_))));
    assert!(is_same, "passes as something else: {encoded}");
}

fn spelled(byte: u8, mask: &[u8], at: usize) -> String {
    let is_encoded = mask.get(at / 8).is_some_and(|bits| bits >> (at % 8) & 1 == 1);
    if is_encoded { format!("%{byte:02X}") } else { char::from(byte).to_string() }
}

/// A name and a query on the mirror front lead to the registry that they name, and `ns` goes no further.
pub(super) fn mirror_name(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (name, query) = text.split_once('?').map_or((text, ""), |(name, _)| (name, &text[name.len()..]));
    let Ok((subject, _, registry, path)) = content(name, Object::Tags, query) else { return };
    if let Subject::Content { repository, .. } = subject {
        assert_eq!(repository.registry(), &registry);
        assert!(path.starts_with(&format!("/v2/{}/", repository.path())), "{path}");
        let query = path.split_once('?').map_or("", |(_, query)| query);
        assert!(query.split('&').all(|part| !part.starts_with("ns=") && !part.contains("%6es=")), "{path}");
    } else {
        assert!(matches!(subject, Subject::Unlisted { .. }) && name.starts_with("unlisted/"), "{name}");
    }
}
