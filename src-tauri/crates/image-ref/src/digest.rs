//! A digest: the content address of a manifest or blob.

use std::fmt;

use crate::text::{excerpt, stray, textual};

/// A digest such as `sha256:9c1f…`, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: Algorithm,
    text: String,
}

/// The hash functions a digest may be made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// SHA-256, written `sha256`.
    Sha256,
    /// SHA-512, written `sha512`.
    Sha512,
}

impl Algorithm {
    /// The name in front of the colon.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// How many hexadecimal digits follow the colon.
    fn hex_length(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Digest {
    /// Reads a digest, without its `@`.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        if text.is_empty() {
            return Err(DigestError::Empty);
        }
        let (name, hex) = text.split_once(':').ok_or(DigestError::NoAlgorithm { text: excerpt(text) })?;
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            _ => return Err(DigestError::Algorithm { name: excerpt(name) }),
        };
        if let Some((character, position)) = stray(hex, |c| matches!(c, '0'..='9' | 'a'..='f')) {
            return Err(DigestError::Character { character, position: name.len() + 1 + position });
        }
        if hex.len() != algorithm.hex_length() {
            return Err(DigestError::Length { algorithm, length: hex.len() });
        }
        Ok(Self { algorithm, text: text.to_owned() })
    }

    /// The hash function.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The hexadecimal digits alone.
    pub fn hex(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, hex)| hex)
    }

    /// The digest as text, algorithm included.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

textual!(Digest, DigestError);

/// Why a text is not a digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// There is no text.
    #[error("the digest is empty; leave out the `@` or name a digest after it")]
    Empty,
    /// No colon separates the algorithm.
    #[error("the digest `{text}` names no algorithm; write it as `sha256:` and 64 hexadecimal digits")]
    NoAlgorithm {
        /// The beginning of the text.
        text: String,
    },
    /// An algorithm that registries and engines do not share.
    #[error("the digest algorithm `{name}` is unknown; `sha256` and `sha512` are possible")]
    Algorithm {
        /// The algorithm as written.
        name: String,
    },
    /// A character that is not a lower-case hexadecimal digit.
    #[error(
        "the digest has {character:?} at position {position}; after the colon come only `0` to `9` and `a` to `f`"
    )]
    Character {
        /// The character.
        character: char,
        /// Its place in the digest, counted from one.
        position: usize,
    },
    /// The wrong number of digits.
    #[error("the digest has {length} hexadecimal digits; {algorithm} has {}", algorithm.hex_length())]
    Length {
        /// The algorithm as written.
        algorithm: Algorithm,
        /// How many digits there are.
        length: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_an_algorithm_and_its_digits() {
        for (algorithm, digits) in
            [(Algorithm::Sha256, "a1".repeat(32)), (Algorithm::Sha512, "0f".repeat(64))]
        {
            let text = format!("{algorithm}:{digits}");
            let digest = Digest::parse(&text).unwrap();
            assert_eq!((digest.algorithm(), digest.hex(), digest.as_str()), (algorithm, &*digits, &*text));
        }
    }

    #[test]
    fn each_fault_of_a_digest_is_named_with_its_place() {
        let (short, upper) = (format!("sha256:{}", "a".repeat(63)), format!("sha256:A{}", "a".repeat(63)));
        let crossed = format!("sha512:{}", "a".repeat(64));
        let cases = [
            ("", DigestError::Empty),
            ("abc", DigestError::NoAlgorithm { text: "abc".into() }),
            ("md5:abc", DigestError::Algorithm { name: "md5".into() }),
            ("SHA256:abc", DigestError::Algorithm { name: "SHA256".into() }),
            ("sha384:abc", DigestError::Algorithm { name: "sha384".into() }),
            (":abc", DigestError::Algorithm { name: String::new() }),
            ("sha256:", DigestError::Length { algorithm: Algorithm::Sha256, length: 0 }),
            (&short, DigestError::Length { algorithm: Algorithm::Sha256, length: 63 }),
            (&crossed, DigestError::Length { algorithm: Algorithm::Sha512, length: 64 }),
            (&upper, DigestError::Character { character: 'A', position: 8 }),
            ("sha256:ab:cd", DigestError::Character { character: ':', position: 10 }),
        ];
        for (text, fault) in cases {
            assert_eq!(Digest::parse(text), Err(fault), "{text:?}");
        }
    }
}
