use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn frames(bytes: &[u8], piece: usize) -> Result<Vec<Value>, FrameError> {
    let mut decoder = Decoder::default();
    let mut found = Vec::new();
    for piece in bytes.chunks(piece) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame()? {
            found.push(serde_json::from_slice(&frame).unwrap());
        }
    }
    decoder.finish()?;
    Ok(found)
}

#[test]
fn a_frame_is_its_length_and_its_json() {
    assert_eq!(encode(&json!({"a": 1})).unwrap(), b"\0\0\0\x07{\"a\":1}");
}

#[test]
fn a_frame_is_as_large_as_the_limit_and_no_larger() {
    let largest = "x".repeat(LIMIT - 2);
    let frame = encode(&largest).unwrap();
    assert_eq!(frames(&frame, 4096).unwrap(), [json!(largest)]);
    assert_eq!(encode(&format!("{largest}x")), Err(FrameError::TooLarge { length: LIMIT + 1, most: LIMIT }));
}

#[test]
fn a_length_beyond_the_limit_is_a_fault_before_its_bytes_come() {
    let mut decoder = Decoder::default();
    decoder.push(&(LIMIT as u32 + 1).to_be_bytes());
    let fault = FrameError::TooLarge { length: LIMIT + 1, most: LIMIT };
    assert_eq!(decoder.next_frame(), Err(fault.clone()));
    decoder.push(&encode(&1).unwrap());
    assert_eq!((decoder.next_frame(), decoder.finish()), (Err(fault.clone()), Err(fault)));
    assert_eq!(decoder.buffer.capacity(), 0);
}

#[test]
fn a_length_of_nothing_is_a_fault() {
    assert_eq!(frames(&[0; 4], 4), Err(FrameError::Empty));
}

#[test]
fn text_that_is_no_frame_is_a_fault_not_a_wait() {
    let length = u32::from_be_bytes(*b"GET ") as usize;
    assert_eq!(frames(b"GET / HTTP/1.1\r\n", 16), Err(FrameError::TooLarge { length, most: LIMIT }));
}

#[test]
fn an_end_within_a_frame_is_told_from_an_end_between_frames() {
    let frame = encode(&json!([1, 2])).unwrap();
    assert_eq!(frames(&frame, 3), Ok(vec![json!([1, 2])]));
    assert_eq!(frames(&frame[..7], 3), Err(FrameError::Torn { have: 7, want: 9 }));
    assert_eq!(frames(&frame[..2], 3), Err(FrameError::Torn { have: 2, want: 4 }));
}

#[test]
fn each_fault_says_what_is_wrong() {
    let faults = [
        (FrameError::Empty, "a message of 0 bytes was announced; every message is a JSON object"),
        (
            FrameError::TooLarge { length: 1048577, most: 1048576 },
            "a message has 1048577 bytes; at most 1048576 are possible",
        ),
        (FrameError::Torn { have: 2, want: 9 }, "the connection ended after 2 of 9 bytes of a message"),
    ];
    for (fault, words) in faults {
        assert_eq!(fault.to_string(), words);
    }
}

proptest! {
    #[test]
    fn frames_are_found_however_the_bytes_are_cut(
        texts in prop::collection::vec(".{0,40}", 0..8),
        piece in 1_usize..60,
    ) {
        let bytes: Vec<u8> = texts.iter().flat_map(|text| encode(text).unwrap()).collect();
        prop_assert_eq!(frames(&bytes, piece), Ok(texts.into_iter().map(Value::from).collect()));
    }

    #[test]
    fn no_bytes_are_ever_held_beyond_one_frame_and_what_was_pushed(bytes in any::<Vec<u8>>()) {
        let mut decoder = Decoder::default();
        decoder.push(&bytes);
        while let Ok(Some(frame)) = decoder.next_frame() {
            prop_assert!(frame.len() <= bytes.len());
        }
        prop_assert!(decoder.buffer.len() <= bytes.len());
    }
}
