//! Follows a chunked body without copying it: tells where it ends and which bytes are content.

use std::ops::Range;

use thiserror::Error;

/// A chunked body that is not written as RFC 9112, 7.1 has it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the chunked body is malformed")]
pub(crate) struct ChunkError;

/// The place in a chunked body.
#[derive(Debug)]
pub(crate) struct Chunks {
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In the size line, with the value so far and the number of digits.
    Size(u64, u8),
    /// Behind the size, with the spaces so far, where only an extension may follow.
    SizeSpace(u64, u16),
    /// In an extension; its bytes so far.
    Extension(u64, u16),
    SizeLineFeed(u64),
    Data(u64),
    DataCarriageReturn,
    DataLineFeed,
    /// At the start of a trailer line, with the bytes of all trailers so far.
    TrailerStart(u16),
    Trailer(u16),
    TrailerLineFeed(u16),
    FinalLineFeed,
    End,
}

/// Sixteen hexadecimal digits are a 64-bit length.
const SIZE_DIGITS: u8 = 15;
const EXTRA_LIMIT: u16 = 4096;

impl Default for Chunks {
    /// At the beginning of a body.
    fn default() -> Self {
        Self { state: State::Size(0, 0) }
    }
}

impl Chunks {
    /// Whether the last chunk and the trailers were taken: what follows belongs to the next message.
    pub(crate) fn is_end(&self) -> bool {
        self.state == State::End
    }

    /// Takes bytes up to the end of the body; returns how many belong to it and hands out its content.
    ///
    /// # Errors
    /// The body is not written as RFC 9112, 7.1 has it.
    pub(crate) fn advance(
        &mut self,
        bytes: &[u8],
        content: &mut impl FnMut(&[u8]),
    ) -> Result<usize, ChunkError> {
        let mut at = 0;
        while at < bytes.len() && !self.is_end() {
            if let State::Data(left) = self.state {
                let range = data_range(at, bytes.len(), left);
                content(&bytes[range.clone()]);
                let left = left - range.len() as u64;
                at = range.end;
                self.state = if left == 0 { State::DataCarriageReturn } else { State::Data(left) };
            } else {
                self.state = next(self.state, bytes[at])?;
                at += 1;
            }
        }
        Ok(at)
    }
}

fn data_range(at: usize, end: usize, left: u64) -> Range<usize> {
    let here = u64::try_from(end - at).unwrap_or(u64::MAX).min(left);
    at..at + usize::try_from(here).unwrap_or(end - at)
}

fn next(state: State, byte: u8) -> Result<State, ChunkError> {
    let after_size = |size: u64| if size == 0 { State::TrailerStart(0) } else { State::Data(size) };
    match (state, byte) {
        (State::Size(size, digits), _) if byte.is_ascii_hexdigit() && digits < SIZE_DIGITS => {
            let digit = (byte as char).to_digit(16).map_or(0, u64::from);
            Ok(State::Size(size * 16 + digit, digits + 1))
        }
        (State::Size(size, 1..), b'\r') => Ok(State::SizeLineFeed(size)),
        (State::Size(size, 1..), b' ' | b'\t') => Ok(State::SizeSpace(size, 0)),
        (State::SizeSpace(size, length), b' ' | b'\t') if length < EXTRA_LIMIT => {
            Ok(State::SizeSpace(size, length + 1))
        }
        (State::SizeSpace(size, _), b'\r') => Ok(State::SizeLineFeed(size)),
        (State::Size(size, 1..) | State::SizeSpace(size, _), b';') => Ok(State::Extension(size, 0)),
        (State::Extension(size, _), b'\r') => Ok(State::SizeLineFeed(size)),
        (State::Extension(size, length), _) if byte != b'\n' && length < EXTRA_LIMIT => {
            Ok(State::Extension(size, length + 1))
        }
        (State::SizeLineFeed(size), b'\n') => Ok(after_size(size)),
        (State::DataCarriageReturn, b'\r') => Ok(State::DataLineFeed),
        (State::DataLineFeed, b'\n') => Ok(State::Size(0, 0)),
        (State::TrailerStart(_), b'\r') => Ok(State::FinalLineFeed),
        (State::Trailer(length), b'\r') => Ok(State::TrailerLineFeed(length)),
        (State::TrailerStart(length) | State::Trailer(length), _)
            if byte != b'\n' && length < EXTRA_LIMIT =>
        {
            Ok(State::Trailer(length + 1))
        }
        (State::TrailerLineFeed(length), b'\n') => Ok(State::TrailerStart(length)),
        (State::FinalLineFeed, b'\n') => Ok(State::End),
        (
            State::Size(..)
            | State::SizeSpace(..)
            | State::Extension(..)
            | State::SizeLineFeed(_)
            | State::Data(_)
            | State::DataCarriageReturn
            | State::DataLineFeed
            | State::TrailerStart(_)
            | State::Trailer(_)
            | State::TrailerLineFeed(_)
            | State::FinalLineFeed
            | State::End,
            _,
        ) => Err(ChunkError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the body in pieces of every size, so that no boundary can matter.
    fn read(body: &[u8]) -> Result<(Vec<u8>, usize), ChunkError> {
        let mut results = (1..=body.len()).map(|piece| {
            let (mut chunks, mut content, mut used) = (Chunks::default(), Vec::new(), 0);
            for part in body.chunks(piece) {
                used += chunks.advance(part, &mut |bytes| content.extend_from_slice(bytes))?;
                if chunks.is_end() {
                    return Ok((content, used));
                }
            }
            Err(ChunkError)
        });
        let first = results.next().unwrap();
        assert!(results.all(|result| result == first));
        first
    }

    #[test]
    fn content_and_end_are_found_however_it_is_cut() {
        let body = b"4\r\nwiki\r\n6;a=b\r\npedia \r\n0\r\nTrailer: 1\r\n\r\nGET";
        assert_eq!(read(body), Ok((b"wikipedia ".to_vec(), body.len() - 3)));
    }

    #[test]
    fn sizes_that_are_not_plain_hexadecimal_are_refused() {
        for bad in [
            "\r\n",
            "+4\r\nwiki\r\n",
            "0x4\r\nwiki\r\n",
            "4\nwiki\r\n",
            "4\r\nwikiX\n0\r\n\r\n",
            "fffffffffffffffff\r\n",
            "4 4\r\nwiki\r\n0\r\n\r\n",
            "4 a=b\r\nwiki\r\n0\r\n\r\n",
        ] {
            assert!(read(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }
}
