//! How messages of this crate are read.

use ipc::{Code, Failure, Message, MessageError};

use crate::{Request, Response};

#[test]
fn an_unknown_kind_is_answered_with_a_typed_error() {
    let error = Request::read(br#"{"kind":"teleport","to":"moon"}"#).unwrap_err();
    assert_eq!(error, MessageError::Kind { name: "request", kind: "teleport".into() });
    let answer = serde_json::to_value(Response::Error((&error).into())).unwrap();
    let expected = serde_json::json!({
        "kind": "error",
        "code": "unknown-request",
        "message": "the request `teleport` is not known to this version of Pullgate",
        "hint": "Update Pullgate and restart its service",
    });
    assert_eq!(answer, expected);
}

#[test]
fn each_fault_of_a_message_says_what_and_where() {
    let cases = [
        ("{\"kind\":", "the message is not JSON: EOF while parsing a value at line 1 column 8"),
        ("{\"image\":\"x\"}", "the request has no `kind`"),
        ("{\"kind\":7}", "the request has no `kind`"),
        ("[1]", "the request has no `kind`"),
        ("{\"kind\":\"explain\"}", "the request `explain` cannot be understood: missing field `image`"),
        (
            "{\"kind\":\"pause\",\"seconds\":-1,\"reason\":\"x\"}",
            "the request `pause` cannot be understood: invalid value: integer `-1`, expected u64",
        ),
    ];
    for (json, words) in cases {
        let error = Request::read(json.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), words);
        assert_eq!(Failure::from(&error).code, Code::BadRequest);
    }
}

#[test]
fn what_an_error_repeats_of_a_stranger_is_short_and_printable() {
    let error =
        Request::read(format!("{{\"kind\":\"\\u001b{}\"}}", "x".repeat(5000)).as_bytes()).unwrap_err();
    let words = error.to_string();
    assert!(words.len() < 200 && !words.contains('\u{1b}'), "{words}");
}

#[test]
fn fields_that_may_be_left_out_have_their_plain_meaning() {
    let read = |json: &str| Request::read(json.as_bytes()).unwrap();
    assert_eq!(read(r#"{"kind":"why"}"#), Request::Why { id: None });
    assert_eq!(read(r#"{"kind":"log"}"#), Request::Log { since: None, follow: false });
    let apply =
        Request::EnginesApply { engine: None, dry_run: false, may_stop_containers: false, progress: false };
    assert_eq!(read(r#"{"kind":"enginesApply"}"#), apply);
}

#[test]
fn what_a_later_service_adds_is_read_as_other() {
    let read = |json: &str| Response::read(json.as_bytes()).unwrap();
    let event = read(r#"{"kind":"event","event":{"kind":"weather","sun":true}}"#);
    assert_eq!(event, Response::Event { event: crate::Event::Other });
    let error = read(r#"{"kind":"error","code":"too-sunny","message":"no"}"#);
    assert_eq!(error, Response::Error(Failure::new(Code::Other, "no")));
}
