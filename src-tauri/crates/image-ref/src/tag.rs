//! A tag: the movable name of an image in its repository.

use std::fmt;

use crate::text::{excerpt, stray, textual};

const LONGEST: usize = 128;

/// A tag such as `latest` or `v1.2`; upper and lower case differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// Reads a tag, without its colon.
    pub fn parse(text: &str) -> Result<Self, TagError> {
        if text.is_empty() {
            return Err(TagError::Empty);
        }
        if text.len() > LONGEST {
            return Err(TagError::TooLong { length: text.chars().count() });
        }
        let stray = stray(text, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if let Some((character, position)) = stray {
            return Err(TagError::Character { character, position });
        }
        if text.starts_with(['.', '-']) {
            return Err(TagError::Start { tag: excerpt(text) });
        }
        Ok(Self(text.to_owned()))
    }

    /// The tag `latest`.
    pub fn latest() -> Self {
        Self("latest".to_owned())
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

textual!(Tag, TagError);

/// Why a text is not a tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// There is no text.
    #[error("the tag is empty; leave out the colon or name a tag after it")]
    Empty,
    /// The text is longer than a registry accepts.
    #[error("the tag has {length} characters; at most {LONGEST} are possible")]
    TooLong {
        /// How many characters it has.
        length: usize,
    },
    /// A character no tag can have.
    #[error(
        "the tag has {character:?} at position {position}; a tag has only letters, digits, `_`, `.` and `-`"
    )]
    Character {
        /// The character.
        character: char,
        /// Its place, counted from one.
        position: usize,
    },
    /// The tag begins with a separator.
    #[error("the tag `{tag}` must begin with a letter, a digit or `_`")]
    Start {
        /// The tag.
        tag: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_keeps_its_spelling() {
        for text in ["latest", "V1.2-rc_1", "_hidden", "0", &"x".repeat(128)] {
            assert_eq!(Tag::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn each_fault_of_a_tag_is_named_with_its_place() {
        let cases = [
            ("", TagError::Empty),
            (".dot", TagError::Start { tag: ".dot".into() }),
            ("-dash", TagError::Start { tag: "-dash".into() }),
            ("a b", TagError::Character { character: ' ', position: 2 }),
            ("1.0+build", TagError::Character { character: '+', position: 4 }),
            ("naïve", TagError::Character { character: 'ï', position: 3 }),
            (&"x".repeat(129), TagError::TooLong { length: 129 }),
        ];
        for (text, fault) in cases {
            assert_eq!(Tag::parse(text), Err(fault), "{text:?}");
        }
    }
}
