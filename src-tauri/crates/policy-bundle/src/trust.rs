//! The trust document: which keys may sign policies, signed itself by the root keys of the enrollment.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use policy::{Refusal, SchemaVersion, check_line, read::read};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::envelope::Envelope;
use super::roots::twice;
use super::{KeyId, PublicKey};

/// Which keys may sign policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Pullgate trust document")]
pub struct Trust {
    /// The version of this document's format, `1.0`.
    pub schema: SchemaVersion,
    /// The organization's short name, the same as in the enrollment.
    pub organization: String,
    /// Counts the editions, from 1; a machine never goes back to a lower one.
    pub version: u64,
    /// When this edition was made.
    pub issued: Timestamp,
    /// When it ends: nothing new is believed after that, and what is held counts as too old.
    pub expires: Timestamp,
    /// The keys that sign policies.
    pub policy_keys: Vec<TrustedKey>,
    /// How many of them must sign.
    #[serde(default = "one")]
    pub threshold: u32,
    /// Keys that are not believed any longer. Leave them in `policyKeys` until every machine has a later policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<Revocation>,
    /// The lowest `serial` that a policy may have.
    #[serde(default)]
    pub min_serial: u64,
}

fn one() -> u32 {
    1
}

/// A key that signs policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustedKey {
    /// Its short name, for people; it must be the right one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<KeyId>,
    /// The key.
    pub public: PublicKey,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// The end of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Revocation {
    /// The key's short name.
    pub id: KeyId,
    /// From when on it is not believed.
    pub since: Timestamp,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Trust {
    /// Reads and checks a trust document.
    pub fn parse(bytes: &[u8], organization: &str) -> Result<Self, Refusal> {
        let trust = read::<Self>(bytes)?.value;
        trust.check(organization)?;
        Ok(trust)
    }

    fn check(&self, organization: &str) -> Result<(), Refusal> {
        if self.organization != organization {
            let problem = format!(
                "this is for `{}`, and this machine is enrolled with `{organization}`; publish the right one",
                self.organization
            );
            return Err(Refusal::at("/organization", problem));
        }
        if self.version == 0 {
            return Err(Refusal::at("/version", "editions are counted from 1; write a higher number"));
        }
        if self.expires <= self.issued {
            return Err(Refusal::at("/expires", "this is not after `issued`; write a later time"));
        }
        self.check_keys()?;
        self.check_revocations()
    }

    fn check_keys(&self) -> Result<(), Refusal> {
        let count = self.policy_keys.len();
        if count == 0 {
            return Err(Refusal::at("/policyKeys", "no key could sign a policy; list at least one"));
        }
        for (at, key) in self.policy_keys.iter().enumerate() {
            let right = key.public.id();
            if key.id.as_ref().is_some_and(|id| *id != right) {
                let problem = format!("the key beside it has the id `{right}`; write that, or the right key");
                return Err(Refusal::at(format!("/policyKeys/{at}/id"), problem));
            }
            check_line(format!("/policyKeys/{at}/comment"), key.comment.as_ref())?;
        }
        let keys: Vec<PublicKey> = self.policy_keys.iter().map(|key| key.public.clone()).collect();
        if let Some(id) = twice(&keys) {
            return Err(Refusal::at("/policyKeys", format!("the key `{id}` is there twice; keep one")));
        }
        if self.threshold == 0 || usize::try_from(self.threshold).is_ok_and(|threshold| threshold > count) {
            let problem =
                format!("{} of {count} keys cannot sign; write a number from 1 to {count}", self.threshold);
            return Err(Refusal::at("/threshold", problem));
        }
        Ok(())
    }

    fn check_revocations(&self) -> Result<(), Refusal> {
        let mut seen = BTreeSet::new();
        for (at, revocation) in self.revoked.iter().enumerate() {
            if !seen.insert(&revocation.id) {
                let problem = format!("`{}` is revoked twice; keep one", revocation.id);
                return Err(Refusal::at(format!("/revoked/{at}/id"), problem));
            }
            check_line(format!("/revoked/{at}/reason"), revocation.reason.as_ref())?;
        }
        Ok(())
    }

    /// Until when enough keys stand behind an envelope (`None`: no end), or why too few ever did.
    pub(super) fn signed_until(&self, envelope: &Envelope) -> Result<Option<Timestamp>, Refusal> {
        let signers = envelope.signers(self.policy_keys.iter().map(|key| &key.public));
        let ends: BTreeMap<&KeyId, Timestamp> =
            self.revoked.iter().map(|revoked| (&revoked.id, revoked.since)).collect();
        let mut until: Vec<Timestamp> =
            signers.good.iter().map(|id| ends.get(id).copied().unwrap_or(Timestamp::MAX)).collect();
        until.sort_unstable_by(|one, other| other.cmp(one));
        let threshold = usize::try_from(self.threshold).unwrap_or(usize::MAX);
        match until.get(threshold.saturating_sub(1)) {
            Some(end) => Ok(Some(*end).filter(|end| *end != Timestamp::MAX)),
            None => Err(signers.too_few(threshold, "the trust document")),
        }
    }
}
