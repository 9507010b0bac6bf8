//! What fuzzing gives to this crate: messages of engines and of registries.

use crate::{Body, Reply, Request, chunks::Chunks};

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] =
    &[("request-head", request_head), ("request-body", request_body), ("answer-head", answer_head)];

/// A head that is accepted is read alike by another reader.
fn request_head(input: &[u8]) {
    if !input.ends_with(b"\r\n\r\n") {
        return;
    }
    let Ok(request) = Request::parse(input) else { return };
    let mut slots = [httparse::EMPTY_HEADER; 128];
    let mut other = httparse::Request::new(&mut slots);
    assert_eq!(
        other.parse(input),
        Ok(httparse::Status::Complete(input.len())),
        "another reader ends elsewhere"
    );
    assert_eq!(other.method, Some(request.method.as_str()));
    assert_eq!(other.headers.len(), request.fields.len());
    for header in other.headers.iter() {
        assert!(request.fields.raw(header.name).any(|value| value == header.value), "{}", header.name);
    }
    drop(Body::of_request(&request));
}

/// A chunked body ends at the same byte however it arrives, and its content is what another reader finds.
fn request_body(input: &[u8]) {
    let whole = chunks(&[input]);
    for at in [1, input.len() / 3, input.len() / 2] {
        let (one, other) = input.split_at(at.min(input.len()));
        assert_eq!(chunks(&[one, other]), whole);
    }
    if let Some((end, content)) = whole {
        assert_eq!(by_sizes(&input[..end]), Some(content));
    }
}

/// Where the body ends and its content; nothing for one that is broken or not whole.
fn chunks(pieces: &[&[u8]]) -> Option<(usize, Vec<u8>)> {
    let (mut chunks, mut content, mut taken) = (Chunks::default(), Vec::new(), 0);
    for piece in pieces {
        taken += chunks.advance(piece, &mut |bytes| content.extend_from_slice(bytes)).ok()?;
    }
    chunks.is_end().then_some((taken, content))
}

fn by_sizes(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let httparse::Status::Complete((line, size)) = httparse::parse_chunk_size(rest).ok()? else {
            return None;
        };
        rest = rest.get(line..)?;
        if size == 0 {
            return Some(content);
        }
        let size = usize::try_from(size).ok()?;
        content.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

/// The length of an answer is told or refused, for every method.
fn answer_head(input: &[u8]) {
    let Ok(reply) = Reply::parse(input) else { return };
    for method in ["GET", "HEAD", "POST"] {
        drop(reply.body(method));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
