//! Recorded messages of each protocol still spoken: what was written by an earlier version is understood by this
//! one. The files are never edited; a later protocol gets a folder of its own.

use std::collections::BTreeSet;
use std::fmt::Debug;

use ipc::{Hello, Message};
use serde_json::Value;

use crate::sample;

const HELLO: &str = include_str!("../fixtures/protocol-1/hello.json");
const REQUESTS: &str = include_str!("../fixtures/protocol-1/requests.jsonl");
const RESPONSES: &str = include_str!("../fixtures/protocol-1/responses.jsonl");

/// Each line means what it was recorded as, also with fields of a later version in it; every kind has a line.
fn hold<T: Message + PartialEq + Debug>(recorded: &str, meant: &[T]) {
    let read: Vec<T> = recorded.lines().map(|line| T::read(line.as_bytes()).unwrap()).collect();
    assert_eq!(read, meant);
    for (line, meant) in recorded.lines().zip(meant) {
        let mut later: Value = serde_json::from_str(line).unwrap();
        extend(&mut later);
        let read = T::read(later.to_string().as_bytes()).unwrap();
        assert_eq!(shorten(serde_json::to_value(read).unwrap()), serde_json::to_value(meant).unwrap());
    }
    let kind = |line| serde_json::from_str::<Value>(line).unwrap()["kind"].as_str().unwrap().to_owned();
    let recorded: BTreeSet<String> = recorded.lines().map(kind).collect();
    assert_eq!(recorded, T::KINDS.iter().map(|kind| (*kind).to_owned()).collect());
}

/// Adds a field to every object, but those whose only field tells which variant they are.
fn extend(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.values_mut().for_each(extend);
        if fields.len() > 1 || fields.contains_key("kind") {
            fields.insert("laterField".into(), 1.into());
        }
    } else if let Value::Array(values) = value {
        values.iter_mut().for_each(extend);
    }
}

/// Takes the added fields out where content travels as it is.
fn shorten(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.remove("laterField");
        fields.values_mut().for_each(|field| *field = shorten(field.take()));
    } else if let Value::Array(values) = &mut value {
        values.iter_mut().for_each(|value| *value = shorten(value.take()));
    }
    value
}

#[test]
fn a_hello_of_protocol_1_is_understood() {
    let hello = Hello { capabilities: vec!["sample".into()], ..Hello::of("0.1.0") };
    assert_eq!(serde_json::from_str::<Hello>(HELLO).unwrap(), hello);
}

#[test]
fn requests_of_protocol_1_are_understood() {
    hold(REQUESTS, &sample::requests());
}

#[test]
fn responses_of_protocol_1_are_understood() {
    hold(RESPONSES, &sample::responses());
}

#[test]
fn every_state_of_a_session_is_read_as_it_was_written() {
    for session in sample::sessions() {
        let mut later = serde_json::to_value(&session).unwrap();
        extend(&mut later);
        assert_eq!(serde_json::from_value::<crate::SignInState>(later).unwrap(), session);
    }
    let later: crate::SignInState = serde_json::from_str(r#"{"state":"delegated"}"#).unwrap();
    assert_eq!(later, crate::SignInState::Other);
}
