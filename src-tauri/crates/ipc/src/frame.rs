//! Frames: a length of four bytes, the highest first, and that many bytes of JSON.

use serde::Serialize;

/// The most bytes of JSON in one frame.
pub const LIMIT: usize = 1 << 20;

const HEADER: usize = 4;

/// A message as one frame, ready to be written.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut frame = vec![0; HEADER];
    serde_json::to_writer(&mut frame, message)
        .map_err(|error| FrameError::Unwritable { detail: error.to_string() })?;
    let length = frame.len() - HEADER;
    let header = u32::try_from(length).ok().filter(|_| length <= LIMIT);
    let header = header.ok_or(FrameError::TooLarge { length, most: LIMIT })?;
    frame.splice(..HEADER, header.to_be_bytes());
    Ok(frame)
}

/// Finds the frames in bytes that arrive in pieces of any size.
#[derive(Debug)]
pub struct Decoder {
    buffer: Vec<u8>,
    fault: Option<FrameError>,
    most: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::up_to(LIMIT)
    }
}

impl Decoder {
    /// Takes frames of at most so many bytes of JSON.
    pub fn up_to(most: usize) -> Self {
        Self { buffer: Vec::new(), fault: None, most }
    }

    /// Whether more has come than the largest frame has, and nobody has taken any.
    pub fn is_full(&self) -> bool {
        self.buffer.len() > HEADER + self.most
    }

    /// Takes in bytes as they were read; after a fault they are dropped.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.fault.is_none() {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The JSON of the next frame, or nothing until more bytes are pushed. A fault stays.
    pub fn next_frame(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let Some(length) = self.announced() else { return Ok(None) };
        let most = self.most;
        if length == 0 || length > most {
            let fault = if length == 0 { FrameError::Empty } else { FrameError::TooLarge { length, most } };
            self.buffer = Vec::new();
            self.fault = Some(fault.clone());
            return Err(fault);
        }
        if self.buffer.len() < HEADER + length {
            return Ok(None);
        }
        let rest = self.buffer.split_off(HEADER + length);
        let mut frame = std::mem::replace(&mut self.buffer, rest);
        Ok(Some(frame.split_off(HEADER)))
    }

    /// Whether the stream may end here: not in the middle of a frame.
    pub fn finish(&self) -> Result<(), FrameError> {
        match (&self.fault, self.buffer.len()) {
            (Some(fault), _) => Err(fault.clone()),
            (None, 0) => Ok(()),
            (None, have) => Err(FrameError::Torn { have, want: HEADER + self.announced().unwrap_or(0) }),
        }
    }

    fn announced(&self) -> Option<usize> {
        let header = self.buffer.first_chunk::<HEADER>()?;
        usize::try_from(u32::from_be_bytes(*header)).ok()
    }
}

/// What is wrong with the bytes of a connection, so that nothing after them can be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A frame of no bytes.
    #[error("a message of 0 bytes was announced; every message is a JSON object")]
    Empty,
    /// A frame beyond the limit, announced or about to be written.
    #[error("a message has {length} bytes; at most {most} are possible")]
    TooLarge {
        /// How many bytes.
        length: usize,
        /// How many are possible.
        most: usize,
    },
    /// The connection ended within a frame.
    #[error("the connection ended after {have} of {want} bytes of a message")]
    Torn {
        /// How many bytes had come.
        have: usize,
        /// How many were announced.
        want: usize,
    },
    /// A value that JSON has no form for.
    #[error("a message cannot be written as JSON: {detail}")]
    Unwritable {
        /// What stands in the way.
        detail: String,
    },
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            encode(&format!("{largest}x")),
            Err(FrameError::TooLarge { length: LIMIT + 1, most: LIMIT })
        );
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
}
