use serde::{Deserialize, Serialize};

use super::*;
use crate::encode;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Request {
    Status,
    Watch,
}

impl Message for Request {
    const NAME: &'static str = "request";
    const KINDS: &'static [&'static str] = &["status", "watch"];
}

fn inbox(frames: &[Vec<u8>]) -> Inbox<Request> {
    let mut inbox = Inbox::new();
    inbox.push(&frames.concat());
    inbox
}

fn hello() -> Vec<u8> {
    encode(&Hello::of("0.1.0")).unwrap()
}

#[test]
fn a_hello_comes_first_and_messages_after_it() {
    let mut inbox = inbox(&[hello(), encode(&Request::Status).unwrap()]);
    assert_eq!(inbox.receive(), Ok(Some(Received::Hello(Hello::of("0.1.0")))));
    assert_eq!(inbox.receive(), Ok(Some(Received::Message(Request::Status))));
    assert_eq!((inbox.receive(), inbox.finish()), (Ok(None), Ok(())));
}

#[test]
fn a_message_before_any_hello_ends_the_connection() {
    let fault = inbox(&[encode(&Request::Status).unwrap()]).receive().unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the first message is not a hello: missing field `protocol` at line 1 column 17"
    );
}

#[test]
fn a_message_that_is_not_understood_leaves_the_next_one_readable() {
    let unknown = encode(&serde_json::json!({"kind": "teleport"})).unwrap();
    let mut inbox = inbox(&[hello(), unknown, encode(&Request::Watch).unwrap()]);
    assert!(inbox.receive().is_ok());
    let fault = inbox.receive().unwrap_err();
    assert_eq!(fault, MessageError::Kind { name: "request", kind: "teleport".into() }.into());
    assert_eq!(inbox.receive(), Ok(Some(Received::Message(Request::Watch))));
}

#[test]
fn bytes_that_are_no_frames_end_the_connection() {
    let mut inbox = inbox(&[hello(), vec![255; 8]]);
    assert!(inbox.receive().is_ok());
    assert!(matches!(inbox.receive(), Err(Fault::Frame(_))));
}
