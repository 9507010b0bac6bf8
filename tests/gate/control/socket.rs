//! Malformed messages: each is answered in words, and the service goes on.

use std::fmt::Write as _;
use std::net::Shutdown;
use std::time::{Duration, Instant};

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enrolled, policy};
use serde_json::{Value, json};

use super::wire::{Client, frame};
use crate::network::lab::{masked, status};

#[test]
fn malformed_messages_are_answered_in_words() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let pid = main_pid(&laptop);
    let mut text = String::new();
    let mut tell = |name: &str, answers: &[Value]| {
        writeln!(text, "{name}").expect("memory does not fail");
        for answer in answers {
            writeln!(text, "  {answer}").expect("memory does not fail");
        }
    };
    for (name, bytes) in before_the_hello() {
        let mut client = Client::connect(&laptop);
        client.send_bytes(&bytes);
        let answers = until_the_end(&mut client);
        assert_eq!(answers.first().map(|hello| &hello["protocol"]), Some(&json!(1)), "{name}");
        tell(name, &answers[1..]);
    }
    for (name, bytes, goes_on) in after_the_hello() {
        let mut client = Client::greeted(&laptop);
        client.send_bytes(&bytes);
        let answer = client.receive().unwrap_or_default();
        if goes_on {
            assert_eq!(client.ask(&json!({ "kind": "status" }))["kind"], "status", "{name}");
        } else {
            assert_eq!(client.receive(), None, "{name}");
        }
        tell(name, &[answer]);
    }
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("malformed_messages", text);
    });
    assert_eq!((main_pid(&laptop), status(&laptop)["enforcing"].as_bool()), (pid, Some(true)));
}

#[test]
fn a_slow_a_silent_and_a_half_closed_client_do_no_harm() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let started = Instant::now();
    let mut silent = Client::connect(&laptop);
    let mut slow = Client::connect(&laptop);
    for byte in frame(br#"{"protocol":1,"build":"0.1.0"}"#) {
        slow.send_bytes(&[byte]);
        std::thread::sleep(Duration::from_millis(20));
    }
    for byte in frame(br#"{"kind":"status"}"#) {
        slow.send_bytes(&[byte]);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(slow.receive().map(|hello| hello["protocol"].clone()), Some(json!(1)));
    assert_eq!(slow.receive().map(|answer| answer["kind"].clone()), Some(json!("status")));
    let mut half = Client::connect(&laptop);
    half.send(&json!({ "protocol": 1, "build": "0.1.0" }));
    half.send(&json!({ "kind": "status" }));
    half.stream.shutdown(Shutdown::Write).expect("it is open");
    let answers = until_the_end(&mut half);
    assert_eq!(answers.last().map(|answer| answer["kind"].clone()), Some(json!("status")));
    let mut later = Client::connect(&laptop);
    later.send(&json!({ "protocol": 9, "build": "3.0.0", "region": "eu", "capabilities": ["x"] }));
    assert_eq!(later.receive().map(|hello| hello["protocol"].clone()), Some(json!(1)));
    assert_eq!(later.ask(&json!({ "kind": "status", "color": true }))["kind"], "status");
    until_the_end(&mut silent);
    let waited = started.elapsed();
    assert!(waited < Duration::from_secs(12), "who never says hello is let go, here after {waited:?}");
}

fn until_the_end(client: &mut Client) -> Vec<Value> {
    std::iter::from_fn(|| client.receive()).collect()
}

fn before_the_hello() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a web browser", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec()),
        ("a hello that is no JSON", frame(b"hello")),
        ("a request in place of a hello", frame(br#"{"kind":"status"}"#)),
        ("a protocol that was never spoken", frame(br#"{"protocol":0,"build":"0.0.1"}"#)),
        ("a protocol below zero", frame(br#"{"protocol":-1,"build":"0.0.1"}"#)),
    ]
}

fn after_the_hello() -> Vec<(&'static str, Vec<u8>, bool)> {
    vec![
        ("no JSON", frame(b"\x00\x01\x02"), true),
        ("nothing", frame(b""), false),
        ("a list", frame(b"[1,2]"), true),
        ("no kind", frame(br#"{"image":"x"}"#), true),
        ("an unknown kind", frame(br#"{"kind":"format-the-disk"}"#), true),
        ("a missing field", frame(br#"{"kind":"explain"}"#), true),
        ("a field of another type", frame(br#"{"kind":"pause","seconds":"long","reason":1}"#), true),
        ("an image that is none", frame(br#"{"kind":"explain","image":"A B"}"#), true),
        ("an id that is none", frame(br#"{"kind":"why","id":"../../etc/shadow"}"#), true),
        ("an engine that is none", frame(br#"{"kind":"enginesPlan","engine":"../x"}"#), true),
        ("deep nesting", frame("[".repeat(60_000).as_bytes()), true),
        ("a frame of four gigabytes", vec![0xff; 8], false),
        ("a frame over the limit", ((64_u32 << 10) + 1).to_be_bytes().to_vec(), false),
    ]
}

fn main_pid(laptop: &Laptop) -> String {
    laptop.must("systemctl show --value -p MainPID pullgate.service").stdout
}
