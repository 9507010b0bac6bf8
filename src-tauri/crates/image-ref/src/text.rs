//! What the textual types share: being printed, parsed and serialized as one string, and quoting a stranger's
//! text in an error without repeating all of it.

/// Gives a type with `parse` and `Display` the rest of a textual type.
macro_rules! textual {
    ($type:ident, $error:ident) => {
        impl std::str::FromStr for $type {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use textual;

const SHOWN: usize = 48;

/// The beginning of a text, printable and short enough for an error message.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// The first character that may not stand in a text, with its place counted from one.
pub(crate) fn stray(text: &str, fits: impl Fn(char) -> bool) -> Option<(char, usize)> {
    text.chars().zip(1..).find(|(character, _)| !fits(*character))
}
