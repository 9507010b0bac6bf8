//! One bundle: a policy with its catalog, and the trust document under which it is believed.

use std::sync::Arc;

use jiff::Timestamp;
use policy::{Catalog, CatalogSource, Distrust, DistrustReason, Policy};
use serde::Deserialize;

use super::accept::Offer;
use super::envelope::{Envelope, PayloadType};
use super::refusal::{BundleRefusal, Part};
use super::verify::{VerifiedTrust, envelope, text};
use super::{KeyId, PublicKey, Roots, StoredPolicy, Trust, sha256};

/// A bundle that was accepted.
#[derive(Clone, Debug)]
pub struct PolicyBundle {
    policy: Arc<Policy>,
    signed: Option<Signed>,
    signed_by: Vec<KeyId>,
    bytes: String,
    catalog: Option<String>,
}

/// What stands behind a signed bundle.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    /// The trust document whose keys signed the policy.
    pub(super) trust: VerifiedTrust,
    /// A later one that does not list those keys.
    pub(super) later: Option<VerifiedTrust>,
    /// The root keys under which these were accepted.
    pub(super) roots: Vec<PublicKey>,
    /// From when on other root keys hold, if they do.
    pub(super) roots_changed: Option<Timestamp>,
}

impl Signed {
    pub(super) fn newest(&self) -> &VerifiedTrust {
        self.later.as_ref().unwrap_or(&self.trust)
    }

    fn distrust(&self, until: Option<Timestamp>, serial: u64) -> Option<Distrust> {
        let newest = &self.newest().trust;
        let replaced = self.later.as_ref().map(|_| newest.issued);
        let revoked = until.filter(|_| self.later.is_none());
        let withdrawn = (serial < newest.min_serial).then_some(newest.issued);
        let causes = [
            (self.roots_changed, DistrustReason::RootsChanged),
            (revoked, DistrustReason::KeysRevoked),
            (replaced, DistrustReason::KeysReplaced),
            (withdrawn, DistrustReason::SerialWithdrawn),
            (Some(newest.expires), DistrustReason::TrustExpired),
        ];
        let dated = causes.into_iter().filter_map(|(since, why)| Some(Distrust { since: since?, why }));
        dated.min_by_key(|distrust| distrust.since)
    }
}

impl PolicyBundle {
    /// The policy, which counts as too old from the time the bundle is not believed any longer.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// The newest trust document; `None` for a bundle that is not signed.
    pub fn trust(&self) -> Option<&Trust> {
        self.signed.as_ref().map(|signed| &signed.newest().trust)
    }

    /// The names of the keys that signed the policy, as far as its trust document lists them.
    pub fn signed_by(&self) -> &[KeyId] {
        &self.signed_by
    }

    /// The exact bytes of the newest trust document's envelope.
    pub fn trust_bytes(&self) -> Option<&[u8]> {
        self.signed.as_ref().map(|signed| signed.newest().bytes.as_bytes())
    }

    /// The exact bytes of the policy's envelope, or of the policy where it is not signed.
    pub fn policy_bytes(&self) -> &[u8] {
        self.bytes.as_bytes()
    }

    /// The exact bytes of the catalog.
    pub fn catalog_bytes(&self) -> Option<&[u8]> {
        self.catalog.as_ref().map(String::as_bytes)
    }

    /// This bundle's policy with another trust document, for when the policy beside that one is missing or refused:
    /// what it revokes is then known all the same.
    pub fn with_trust<'a>(&'a self, trust: &'a [u8]) -> Offer<'a> {
        Offer { trust: Some(trust), policy: self.policy_bytes(), catalog: self.catalog_bytes() }
    }

    /// What is written down of it, with the time it was last seen to be the latest.
    pub fn stored(&self, confirmed: Timestamp) -> StoredPolicy {
        let signed = self.signed.as_ref();
        StoredPolicy {
            organization: self.policy.stamp().organization.clone(),
            roots: signed.map(|signed| signed.roots.clone()).unwrap_or_default(),
            trust: signed.map(|signed| signed.trust.bytes.clone()),
            later_trust: signed.and_then(|signed| signed.later.as_ref()).map(|later| later.bytes.clone()),
            policy: self.bytes.clone(),
            catalog: self.catalog.clone(),
            confirmed,
            source: None,
        }
    }

    /// Whether root keys stand behind it; behind an unsigned one, none do.
    pub(super) fn is_trusted_by(&self, roots: &Roots) -> bool {
        match &self.signed {
            Some(signed) => signed.newest().is_trusted_by(roots),
            None => roots.is_none(),
        }
    }

    pub(super) fn newest_trust(&self) -> Option<&VerifiedTrust> {
        self.signed.as_ref().map(Signed::newest)
    }

    /// The same policy under a newer trust document, believed or not.
    pub(super) fn with_newer_trust(
        &self,
        newer: VerifiedTrust,
        roots: &Roots,
    ) -> Result<Self, BundleRefusal> {
        let envelope = envelope(self.policy_bytes(), PayloadType::Policy, Part::PolicyEnvelope)?;
        let (trust, later) = match (newer.trust.signed_until(&envelope), &self.signed) {
            (Err(_), Some(signed)) => (signed.trust.clone(), Some(newer)),
            (Ok(_), _) | (Err(_), None) => (newer, None),
        };
        let roots = roots.keys().to_vec();
        let signed = Signed { trust, later, roots, roots_changed: None };
        let policy = Policy::clone(&self.policy);
        let parsed =
            ParsedPolicy { envelope, policy, bytes: self.bytes.clone(), catalog: self.catalog.clone() };
        parsed.into_bundle(signed)
    }
}

/// A policy that was read, before anything is known of its keys.
pub(super) struct ParsedPolicy {
    pub(super) envelope: Envelope,
    pub(super) policy: Policy,
    bytes: String,
    catalog: Option<String>,
}

impl ParsedPolicy {
    /// Opens an envelope whose signatures `check` is content with.
    pub(super) fn signed(
        bytes: &[u8],
        catalog: Option<&[u8]>,
        organization: &str,
        check: impl FnOnce(&Envelope) -> Result<(), BundleRefusal>,
    ) -> Result<Self, BundleRefusal> {
        let envelope = envelope(bytes, PayloadType::Policy, Part::PolicyEnvelope)?;
        check(&envelope)?;
        let policy = parse(envelope.unverified_payload(), catalog, organization)?;
        let catalog = catalog.map(|bytes| text(bytes, Part::Catalog)).transpose()?;
        Ok(Self { envelope, policy, bytes: text(bytes, Part::PolicyEnvelope)?, catalog })
    }

    /// The bundle, believed as long as its trust document allows.
    pub(super) fn into_bundle(self, signed: Signed) -> Result<PolicyBundle, BundleRefusal> {
        let until = signed.trust.trust.signed_until(&self.envelope);
        let until = until.map_err(|refusal| Part::PolicyEnvelope.refuses(refusal))?;
        let distrust = signed.distrust(until, self.policy.stamp().serial);
        let policy = Arc::new(self.policy.with_distrust(distrust));
        let keys = signed.trust.trust.policy_keys.iter().map(|key| &key.public);
        let signed_by = self.envelope.signers(keys).good.into_iter().collect();
        Ok(PolicyBundle { policy, signed: Some(signed), signed_by, bytes: self.bytes, catalog: self.catalog })
    }
}

/// A bundle that nobody signed.
pub(super) fn unsigned(
    bytes: &[u8],
    catalog: Option<&[u8]>,
    organization: &str,
) -> Result<PolicyBundle, BundleRefusal> {
    if Envelope::parse(bytes).is_ok() {
        let problem = "this policy is signed, and the enrollment names no keys to check it by; write its root \
                       keys to `policy.keys`";
        return Err(Part::Policy.at("/payload", problem));
    }
    let policy = Arc::new(parse(bytes, catalog, organization)?);
    let catalog = catalog.map(|bytes| text(bytes, Part::Catalog)).transpose()?;
    let bytes = text(bytes, Part::Policy)?;
    Ok(PolicyBundle { policy, signed: None, signed_by: Vec::new(), bytes, catalog })
}

/// Reads a policy with exactly the catalog that it names.
fn parse(document: &[u8], catalog: Option<&[u8]>, organization: &str) -> Result<Policy, BundleRefusal> {
    if let Ok(naming) = serde_json::from_slice::<Naming>(document) {
        check_catalog(naming.catalog.as_ref(), catalog)?;
    }
    let policy = Policy::parse(document, catalog, organization).map_err(|refusal| {
        let of_catalog =
            catalog.is_some_and(|bytes| Catalog::parse(bytes).is_err_and(|other| other == refusal));
        if of_catalog { Part::Catalog } else { Part::Policy }.refuses(refusal)
    })?;
    Ok(policy.with_sha256(sha256(document)))
}

fn check_catalog(named: Option<&CatalogSource>, came: Option<&[u8]>) -> Result<(), BundleRefusal> {
    match (named, came) {
        (None, None) => Ok(()),
        (None, Some(_)) => {
            let problem =
                "the policy names no catalog, so nothing vouches for this one; name it in `catalog`";
            Err(Part::Catalog.at("/", problem))
        }
        (Some(_), None) => {
            let problem = "the catalog that is named here did not come along; publish it beside the policy";
            Err(Part::Policy.at("/catalog", problem))
        }
        (Some(named), Some(bytes)) => verify_catalog(named, bytes).map_err(|found| {
            let problem =
                format!("the catalog that came has `{found}`; publish the two that belong together");
            Part::Policy.at("/catalog/sha256", problem)
        }),
    }
}

/// Whether these are the bytes of the catalog that is named; their SHA-256 where they are not. Whoever writes a policy
/// and whoever believes it go by this rule.
pub(crate) fn verify_catalog(named: &CatalogSource, bytes: &[u8]) -> Result<(), String> {
    let found = sha256(bytes);
    if named.sha256 == found { Ok(()) } else { Err(found) }
}

#[derive(Deserialize)]
struct Naming {
    #[serde(alias = "catalogue")]
    catalog: Option<CatalogSource>,
}

/// The catalog that a policy names, signed or not, for whoever fetches it; nothing vouches for the answer yet.
pub fn named_catalog(policy: &[u8]) -> Option<CatalogSource> {
    let envelope = Envelope::parse(policy).ok();
    let document = envelope.as_ref().map_or(policy, Envelope::unverified_payload);
    serde_json::from_slice::<Naming>(document).ok()?.catalog
}
