//! What is written down of a bundle, and how it is believed again at the next start.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bundle::{ParsedPolicy, Signed, unsigned};
use super::refusal::{BundleRefusal, Part};
use super::verify::VerifiedTrust;
use super::{PolicyBundle, PublicKey, Roots};

/// The exact bytes of a bundle that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredPolicy {
    /// Whose it is.
    pub organization: String,
    /// The root keys under which it was accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roots: Vec<PublicKey>,
    /// The envelope of the trust document whose keys signed the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
    /// The envelope of a later trust document that does not list those keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later_trust: Option<String>,
    /// The envelope of the policy, or the policy where it is not signed.
    #[serde(alias = "document")]
    pub policy: String,
    /// The catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog: Option<String>,
    /// When it was last seen to be the latest.
    pub confirmed: Timestamp,
    /// The address that it was accepted from, as an enrollment names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Judges a kept bundle as strictly as a new one, except for time: one that has become too old, was signed by keys that
/// ended, or was accepted under other root keys comes back as a policy that is too old. One that nobody signed is
/// refused where root keys are named: nothing ties it to whoever has them.
pub fn reverify(
    kept: &StoredPolicy,
    roots: &Roots,
    organization: &str,
    now: Timestamp,
) -> Result<PolicyBundle, BundleRefusal> {
    let since = kept.confirmed.min(now);
    let catalog = kept.catalog.as_ref().map(String::as_bytes);
    let Some(trust) = &kept.trust else {
        if !roots.is_none() {
            return Err(Part::Trust.at("/", "missing, and the enrollment names root keys"));
        }
        return unsigned(kept.policy.as_bytes(), catalog, organization);
    };
    let then = Roots::new(kept.roots.clone(), 1).unwrap_or_default();
    let verify = |bytes: &String| VerifiedTrust::verify(bytes.as_bytes(), &then, organization);
    let (trust, later) = (verify(trust)?, kept.later_trust.as_ref().map(verify).transpose()?);
    let mut signed = Signed { trust, later, roots: kept.roots.clone(), roots_changed: None };
    signed.roots_changed = Some(since).filter(|_| !signed.newest().is_trusted_by(roots));
    let keys = |envelope: &_| {
        let until = signed.trust.trust.signed_until(envelope);
        until.map(drop).map_err(|refusal| Part::PolicyEnvelope.refuses(refusal))
    };
    let parsed = ParsedPolicy::signed(kept.policy.as_bytes(), catalog, organization, keys)?;
    parsed.into_bundle(signed)
}
