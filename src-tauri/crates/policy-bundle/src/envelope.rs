//! The DSSE envelope: exact bytes, what they are, and who signed them.
//!
//! Keys that DSSE does not name are left aside, as it asks readers to; a key that is there twice, base64 that is not
//! canonical and bytes beyond the limit are refused.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::{Refusal, read::read_foreign};
use serde::{Deserialize, Serialize};

use super::{KeyId, PublicKey};

/// The most bytes of an envelope: a document of 16 MiB in base64, and room for signatures.
const LIMIT: usize = 24 * 1024 * 1024;

/// The most signatures in an envelope; each costs a pass over the document.
const MOST_SIGNATURES: usize = 16;

/// What an envelope holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadType {
    /// A policy.
    Policy,
    /// A trust document.
    Trust,
}

impl PayloadType {
    /// The media type, which is signed together with the bytes.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Policy => "application/vnd.pullgate.policy.v1+json",
            Self::Trust => "application/vnd.pullgate.trust.v1+json",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Policy => "a policy",
            Self::Trust => "a trust document",
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Policy => "pullgate policy sign --key NAME.secret FILE",
            Self::Trust => "pullgate policy sign --key NAME.secret --trust FILE",
        }
    }
}

/// An envelope that was read; nobody has looked at its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub(super) payload_type: String,
    pub(super) payload: Vec<u8>,
    pub(super) signatures: Vec<Signature>,
}

/// A signature and the name of the key that is said to have made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    pub(super) key: String,
    pub(super) bytes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    payload_type: Option<String>,
    payload: Option<String>,
    signatures: Option<Vec<WrittenSignature>>,
}

#[derive(Serialize, Deserialize)]
struct WrittenSignature {
    keyid: Option<String>,
    sig: Option<String>,
}

impl Envelope {
    /// Reads an envelope.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let written: Written = read_foreign(bytes, LIMIT)?;
        let Some(payload) = written.payload else {
            let problem = "missing, so this is not signed; sign it with `pullgate policy sign`";
            return Err(Refusal::at("/payload", problem));
        };
        let payload_type = written.payload_type.ok_or_else(|| missing("/payloadType"))?;
        let written = written.signatures.ok_or_else(|| missing("/signatures"))?;
        if written.len() > MOST_SIGNATURES {
            let problem = format!(
                "{} signatures, the limit is {MOST_SIGNATURES}; sign the document anew with fewer keys",
                written.len()
            );
            return Err(Refusal::at("/signatures", problem));
        }
        let payload = decoded("/payload", &payload)?;
        let signatures = written.into_iter().enumerate().map(|(at, written)| Signature::read(at, written));
        Ok(Self { payload_type, payload, signatures: signatures.collect::<Result<_, _>>()? })
    }

    /// What it says it holds; `None` where that is neither a policy nor a trust document.
    pub fn holds(&self) -> Option<PayloadType> {
        [PayloadType::Policy, PayloadType::Trust]
            .into_iter()
            .find(|known| known.media_type() == self.payload_type)
    }

    /// The bytes inside, which nothing vouches for yet.
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The names of the keys that are said to have signed.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(|signature| signature.key.as_str())
    }

    /// Refuses an envelope that holds something else.
    pub(super) fn expect(&self, expected: PayloadType) -> Result<(), Refusal> {
        if self.payload_type == expected.media_type() {
            return Ok(());
        }
        let found = self.holds().map_or("something else", PayloadType::name);
        let (name, command) = (expected.name(), expected.command());
        let problem = format!("this holds {found}, and {name} is expected here; sign it with `{command}`");
        Err(Refusal::at("/payloadType", problem))
    }

    /// Which of the keys have signed these bytes, each counted once.
    pub(super) fn signers<'a>(&self, keys: impl Iterator<Item = &'a PublicKey>) -> Signers {
        let message = pae(&self.payload_type, &self.payload);
        let mut signers = Signers::default();
        for key in keys {
            let id = key.id();
            let mut of_key =
                self.signatures.iter().filter(|signature| signature.key == id.as_str()).peekable();
            if of_key.peek().is_none() {
                continue;
            }
            let good = of_key.any(|signature| key.verifies(&message, &signature.bytes));
            let list = if good { &mut signers.good } else { &mut signers.broken };
            list.insert(id);
        }
        let named = self.key_ids().filter_map(|id| id.parse().ok());
        signers.strange =
            named.filter(|id| !signers.good.contains(id) && !signers.broken.contains(id)).collect();
        signers
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let signature = |signature: &Signature| WrittenSignature {
            keyid: Some(signature.key.clone()),
            sig: Some(STANDARD.encode(&signature.bytes)),
        };
        let written = Written {
            payload_type: Some(self.payload_type.clone()),
            payload: Some(STANDARD.encode(&self.payload)),
            signatures: Some(self.signatures.iter().map(signature).collect()),
        };
        let mut bytes = serde_json::to_vec_pretty(&written).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

impl Signature {
    fn read(at: usize, written: WrittenSignature) -> Result<Self, Refusal> {
        let path = format!("/signatures/{at}");
        let key = written.keyid.ok_or_else(|| missing(&format!("{path}/keyid")))?;
        let text = written.sig.ok_or_else(|| missing(&format!("{path}/sig")))?;
        Ok(Self { key, bytes: decoded(&format!("{path}/sig"), &text)? })
    }
}

/// Who has signed.
#[derive(Debug, Default)]
pub(super) struct Signers {
    /// Keys whose signature fits.
    pub(super) good: BTreeSet<KeyId>,
    /// Keys that are named and whose signature does not fit.
    pub(super) broken: BTreeSet<KeyId>,
    /// Keys that are named and not among those that were asked about.
    pub(super) strange: BTreeSet<KeyId>,
}

fn missing(path: &str) -> Refusal {
    Refusal::at(path, "missing, so the envelope is not whole; sign the document again")
}

fn decoded(path: &str, text: &str) -> Result<Vec<u8>, Refusal> {
    let problem = "not canonical base64, so it was damaged on the way; publish the signed file as it is";
    STANDARD.decode(text).map_err(|_| Refusal::at(path, problem))
}

/// What is signed: the type and the bytes with their lengths, so that neither can pass for the other (DSSE v1).
pub(super) fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::{SigningKey, countersign, sign};

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed([seed; 32]).unwrap()
    }

    fn good(envelope: &[u8], keys: &[u8]) -> usize {
        let keys: Vec<PublicKey> = keys.iter().map(|seed| key(*seed).public().clone()).collect();
        Envelope::parse(envelope).unwrap().signers(keys.iter()).good.len()
    }

    #[test]
    fn what_is_signed_is_what_the_standard_says() {
        let signed = pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(signed, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn an_envelope_gives_back_the_exact_bytes() {
        let payload = b" { \"a\":\n1 } ";
        let envelope = Envelope::parse(&sign(PayloadType::Policy, payload, &[key(1)])).unwrap();
        assert_eq!(envelope.unverified_payload(), payload);
        assert_eq!(envelope.key_ids().collect::<Vec<_>>(), [key(1).public().id().as_str()]);
    }

    #[test]
    fn a_second_person_adds_a_signature_and_a_key_has_only_one() {
        let one = sign(PayloadType::Policy, b"{}", &[key(1)]);
        let two = countersign(&one, &[key(2)]).unwrap();
        assert_eq!(good(&two, &[1, 2, 3]), 2);
        assert_eq!(countersign(&two, &[key(2)]).unwrap(), two);
    }

    #[test]
    fn a_signature_is_for_one_type_of_document() {
        let policy = sign(PayloadType::Policy, b"{}", &[key(1)]);
        let mut value: Value = serde_json::from_slice(&policy).unwrap();
        value["payloadType"] = json!(PayloadType::Trust.media_type());
        assert_eq!(good(value.to_string().as_bytes(), &[1]), 0);
    }

    #[test]
    fn keys_of_later_envelopes_are_left_aside() {
        let mut value: Value = serde_json::from_slice(&sign(PayloadType::Policy, b"{}", &[key(1)])).unwrap();
        value["timestamp"] = json!("later");
        value["signatures"][0]["certificate"] = json!({});
        assert_eq!(good(value.to_string().as_bytes(), &[1]), 1);
    }

    const PAYLOAD: &[u8] = br#"{"schema":"1.0"}"#;

    proptest! {
        #[test]
        fn no_bytes_bring_opening_down(at in 0_usize..300, with in any::<Vec<u8>>(), without in 0_usize..40) {
            let mut bytes = sign(PayloadType::Policy, PAYLOAD, &[key(1)]);
            let at = at.min(bytes.len());
            let end = (at + without).min(bytes.len());
            bytes.splice(at..end, with.iter().copied());
            if let Ok(envelope) = Envelope::parse(&bytes) {
                let fits = envelope.signers([key(1).public()].into_iter()).good.len() == 1;
                let unchanged = envelope.unverified_payload() == PAYLOAD;
                prop_assert!(!fits || unchanged);
            }
        }
    }
}
