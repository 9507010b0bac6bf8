//! The name of one verdict: `pg-` and eight Crockford base32 characters, easy to read aloud.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// The name of one verdict, the same on every surface.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VerdictId(String);

impl VerdictId {
    /// The id of 40 random bits; higher bits are ignored.
    pub fn from_bits(bits: u64) -> Self {
        let digits = (0..LENGTH).rev().map(|place| {
            let index = (bits >> (5 * place)) & 31;
            char::from(ALPHABET.get(index as usize).copied().unwrap_or(b'0'))
        });
        Self(format!("pg-{}", digits.collect::<String>()))
    }

    /// Reads an id as people type it: any case, with or without `pg-`, `I` and `L` for `1`, `O` for `0`.
    pub fn parse(text: &str) -> Result<Self, VerdictIdError> {
        let upper = text.trim().to_ascii_uppercase();
        let body = upper.strip_prefix("PG-").or_else(|| upper.strip_prefix("PG")).unwrap_or(&upper);
        let mut digits = String::with_capacity(LENGTH);
        for letter in body.chars().filter(|letter| *letter != '-') {
            let digit = match letter {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            if !digit.is_ascii() || !ALPHABET.contains(&(digit as u8)) {
                return Err(VerdictIdError::Letter { letter });
            }
            digits.push(digit);
        }
        if digits.len() == LENGTH {
            Ok(Self(format!("pg-{digits}")))
        } else {
            Err(VerdictIdError::Length { found: digits.len() })
        }
    }

    /// The id as text: `pg-7F3A9C2K`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VerdictId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for VerdictId {
    type Err = VerdictIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for VerdictId {
    type Error = VerdictIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<VerdictId> for String {
    fn from(id: VerdictId) -> Self {
        id.0
    }
}

/// Why a text is no verdict id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerdictIdError {
    /// A character that ids do not have.
    #[error("`{letter}` does not occur in an id; one looks like `pg-7F3A9C2K`")]
    Letter {
        /// The character.
        letter: char,
    },
    /// Too short or too long.
    #[error("an id has 8 characters after `pg-`, this one has {found}; one looks like `pg-7F3A9C2K`")]
    Length {
        /// How many there are.
        found: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_is_read_the_way_people_type_it() {
        let id = VerdictId::parse("pg-7F3A9C10").unwrap();
        for typed in ["7f3a9clo", " PG-7F3A-9CIO ", "pg7f3a9cl0"] {
            assert_eq!(VerdictId::parse(typed).unwrap(), id, "{typed}");
        }
        assert_eq!(VerdictId::parse("pg-7F3"), Err(VerdictIdError::Length { found: 3 }));
        assert_eq!(VerdictId::parse("pg-7F3A9C2U"), Err(VerdictIdError::Letter { letter: 'U' }));
    }

    proptest! {
        #[test]
        fn forty_bits_survive_printing_and_parsing(bits in 0_u64..(1 << 40)) {
            let id = VerdictId::from_bits(bits);
            prop_assert_eq!(VerdictId::parse(&id.as_str().to_lowercase()).unwrap(), id.clone());
            prop_assert_ne!(VerdictId::from_bits(bits ^ 1), id);
        }
    }
}
