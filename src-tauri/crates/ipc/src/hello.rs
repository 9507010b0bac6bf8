//! The first message of both sides: which protocol they speak, and what they are.

use serde::{Deserialize, Serialize};

/// The protocol of this version.
const PROTOCOL: u32 = 1;

/// The oldest protocol this version still speaks.
const OLDEST_PROTOCOL: u32 = 1;

/// Says what a side speaks. Its fields stay readable to every protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// The latest protocol the side speaks.
    pub protocol: u32,
    /// The side's version, for people.
    pub build: String,
    /// What the side can do beyond its protocol.
    #[serde(default)]
    pub capabilities: Vec<String>,
}

impl Hello {
    /// This version's hello.
    pub fn of(build: &str) -> Self {
        Self { protocol: PROTOCOL, build: build.to_owned(), capabilities: Vec::new() }
    }

    /// The protocol both sides speak: the lower of the two.
    pub fn agree(&self, theirs: &Self) -> Result<u32, Disagreement> {
        let protocol = self.protocol.min(theirs.protocol);
        if protocol >= OLDEST_PROTOCOL {
            Ok(protocol)
        } else {
            Err(Disagreement { ours: self.clone(), theirs: theirs.clone() })
        }
    }
}

/// Two versions of Pullgate that are too far apart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Pullgate `{}` speaks protocol {} and Pullgate `{}` speaks protocol {}; update both to the same version and restart the service",
    ours.build, ours.protocol, theirs.build, theirs.protocol
)]
pub struct Disagreement {
    /// What this side speaks.
    pub ours: Hello,
    /// What the other side speaks.
    pub theirs: Hello,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaking(protocol: u32) -> Hello {
        Hello { protocol, ..Hello::of("0.1.0") }
    }

    #[test]
    fn the_lower_of_two_protocols_is_spoken() {
        assert_eq!(Hello::of("0.1.0").agree(&speaking(PROTOCOL + 7)), Ok(PROTOCOL));
        assert_eq!(speaking(PROTOCOL + 7).agree(&Hello::of("0.1.0")), Ok(PROTOCOL));
    }

    #[test]
    fn a_protocol_that_was_given_up_is_refused_with_both_versions() {
        let refused = Hello::of("0.9.0").agree(&speaking(0)).unwrap_err();
        let words = "Pullgate `0.9.0` speaks protocol 1 and Pullgate `0.1.0` speaks protocol 0; update both to the same version and restart the service";
        assert_eq!(refused.to_string(), words);
    }

    #[test]
    fn a_hello_of_any_later_protocol_can_be_read() {
        let later = r#"{"protocol":9,"build":"3.0.0","capabilities":["images"],"region":"eu"}"#;
        let hello: Hello = serde_json::from_str(later).unwrap();
        assert_eq!(hello, Hello { protocol: 9, build: "3.0.0".into(), capabilities: vec!["images".into()] });
    }
}
