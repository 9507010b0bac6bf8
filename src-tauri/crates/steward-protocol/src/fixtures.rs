//! Recorded messages: what was written by an earlier version is understood by this one. A later protocol gets a folder of
//! its own.

use std::collections::BTreeSet;

use ipc::Message;
use serde_json::Value;

use crate::{StewardRequest, StewardResponse};

const REQUESTS: &str = include_str!("../fixtures/protocol-1/requests.jsonl");
const RESPONSES: &str = include_str!("../fixtures/protocol-1/responses.jsonl");

/// Each line is read and written again as it was; every kind has a line.
fn hold<T: Message>(recorded: &str) {
    let line = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    for text in recorded.lines() {
        let read = T::read(text.as_bytes()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), line(text));
    }
    let recorded: BTreeSet<_> = recorded.lines().map(|text| line(text)["kind"].clone().to_string()).collect();
    assert_eq!(recorded, T::KINDS.iter().map(|kind| format!("\"{kind}\"")).collect());
}

#[test]
fn requests_of_protocol_1_are_understood() {
    hold::<StewardRequest>(REQUESTS);
}

#[test]
fn responses_of_protocol_1_are_understood() {
    hold::<StewardResponse>(RESPONSES);
}

#[test]
fn a_login_in_an_answer_is_printed_without_its_secret() {
    let line = RESPONSES.lines().find(|line| line.contains("sample-secret")).unwrap();
    let printed = format!("{:?}", StewardResponse::read(line.as_bytes()).unwrap());
    assert!(printed.contains("ada") && !printed.contains("sample-secret"), "{printed}");
}

/// While a package is replaced, the new steward is asked by the service from before.
#[test]
fn what_the_service_from_before_asks_is_understood_without_its_certificates() {
    let now = REQUESTS.lines().filter(|line| line.contains("\"routing\""));
    let asked: Vec<&str> = now.collect();
    assert_eq!(asked.len(), 5);
    for line in asked {
        let certificates =
            "\"wish\":{\"mirrorCaPem\":\"x\",\"interceptCaPem\":\"x\",\"interceptCaDir\":\"/x\",";
        let before = line.replace("\"routing\":{", certificates);
        let read = |line: &str| StewardRequest::read(line.as_bytes()).unwrap();
        assert_eq!(read(&before), read(line));
    }
}
