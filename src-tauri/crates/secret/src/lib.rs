//! Secrets such as tokens and passwords: no log can show one by accident, and none stays in memory after its last use.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A token or password. It prints as `***`, is read and written as a plain string, and its memory is overwritten when
/// it is dropped; what [`Secret::expose`] was copied to is not.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in. A `String` is kept where it is; of a `&str` a copy is made.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the provider or registry it belongs to.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret::new("hunter2");
        assert_eq!((format!("{secret:?}").as_str(), secret.expose()), ("***", "hunter2"));
        assert_eq!(format!("{:?}", Some(secret)), "Some(***)");
    }

    #[test]
    fn a_secret_is_a_plain_string_in_messages() {
        let secret = Secret::new("hunter2");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"hunter2\"");
        assert_eq!(serde_json::from_str::<Secret>("\"hunter2\"").unwrap(), secret);
    }
}
