//! What a file holds: a policy or a trust document, by itself or in an envelope with signatures.

use policy::Refusal;
use policy_bundle::{Envelope, PayloadType};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The most bytes that are read: one more than an envelope may have, so that a longer one is refused by its rules.
pub(super) const LIMIT: u64 = 24 * 1024 * 1024 + 1;

/// A document, out of its envelope.
pub(super) struct Document {
    pub(super) kind: PayloadType,
    pub(super) bytes: Vec<u8>,
    /// The names of the keys that are said to have signed; none where it is in no envelope.
    pub(super) signed_by: Option<Vec<String>>,
}

/// By which keys documents are told apart, however wrong the rest is.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Marks {
    payload: Option<IgnoredAny>,
    policy_keys: Option<IgnoredAny>,
}

impl Document {
    /// Looks into a file. A signature is not looked at: only a trust document tells whether it counts.
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let marks: Marks = serde_json::from_slice(&bytes).unwrap_or_default();
        if marks.payload.is_none() {
            let kind = if marks.policy_keys.is_some() { PayloadType::Trust } else { PayloadType::Policy };
            return Ok(Self { kind, bytes, signed_by: None });
        }
        let envelope = Envelope::parse(&bytes)?;
        let Some(kind) = envelope.holds() else {
            let problem =
                "this holds neither a policy nor a trust document; sign it with `pullgate policy sign`";
            return Err(Refusal::Value { path: "/payloadType".to_owned(), problem: problem.to_owned() });
        };
        let signed_by = envelope.key_ids().map(str::to_owned).collect();
        Ok(Self { kind, bytes: envelope.unverified_payload().to_vec(), signed_by: Some(signed_by) })
    }
}
