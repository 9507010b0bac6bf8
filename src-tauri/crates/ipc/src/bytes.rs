//! Binary content in JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Bytes that stand in JSON as base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(
    /// The bytes.
    pub Vec<u8>,
);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes =
            STANDARD.decode(text).map_err(|error| de::Error::custom(format!("not base64: {error}")))?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stand_in_json_as_base64() {
        let bytes = Bytes(vec![0, 255, 7]);
        assert_eq!(serde_json::to_value(&bytes).unwrap(), "AP8H");
        assert_eq!(serde_json::from_value::<Bytes>("AP8H".into()).unwrap(), bytes);
        let fault = serde_json::from_value::<Bytes>("AP8".into()).unwrap_err().to_string();
        assert_eq!(fault, "not base64: Invalid padding");
    }
}
