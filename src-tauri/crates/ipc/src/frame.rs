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
mod tests;
