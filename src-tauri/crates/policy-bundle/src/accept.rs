//! Whether an offered bundle takes the place of the one that is held.
//!
//! Nothing that is offered is ever worse than what is held: not older, not under fewer keys, not already too old,
//! not torn, not empty. An unsigned policy comes from a file of this machine that belongs to root; whoever writes it
//! may go back to a lower serial.

use jiff::{SignedDuration, Timestamp};

use super::bundle::{ParsedPolicy, Signed, unsigned};
use super::envelope::{Envelope, PayloadType};
use super::refusal::{BundleRefusal, Part};
use super::verify::{VerifiedTrust, envelope};
use super::{PolicyBundle, Roots};

/// How far a document's `issued` may lie ahead of this machine's clock.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// The bytes of a bundle as they were fetched.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// The envelope of the trust document; `None` where the enrollment names no keys.
    pub trust: Option<&'a [u8]>,
    /// The envelope of the policy; the policy itself where the enrollment names no keys.
    pub policy: &'a [u8],
    /// The catalog, if the policy names one.
    pub catalog: Option<&'a [u8]>,
}

/// What becomes of an offer that is good.
#[derive(Clone, Debug)]
pub enum Acceptance {
    /// It is what is held.
    Same,
    /// It takes the place of what is held.
    Newer(Box<PolicyBundle>),
}

/// Judges an offered bundle against the one that is held.
///
/// `roots` are the keys of the enrollment. A refusal leaves the held bundle as it is; offer
/// [`PolicyBundle::with_trust`] with the new trust document then, so that its revocations are known.
pub fn accept(
    offer: Offer<'_>,
    roots: &Roots,
    organization: &str,
    held: Option<&PolicyBundle>,
    now: Timestamp,
) -> Result<Acceptance, BundleRefusal> {
    let held = held.filter(|held| held.is_trusted_by(roots));
    if held.is_some_and(|held| is_same(held, &offer)) {
        return Ok(Acceptance::Same);
    }
    let bundle = match (offer.trust, roots.is_none()) {
        (None, true) => unsigned(offer.policy, offer.catalog, organization)?,
        (Some(trust), false) => signed(offer, trust, roots, organization, held, now)?,
        (None, false) => {
            let problem = "missing, and the enrollment names root keys; publish it beside the policy";
            return Err(Part::Trust.at("/", problem));
        }
        (Some(_), true) => {
            let problem = "the enrollment names no root keys to check it by; write them to `policy.keys`";
            return Err(Part::Trust.at("/", problem));
        }
    };
    Ok(Acceptance::Newer(Box::new(bundle)))
}

fn is_same(held: &PolicyBundle, offer: &Offer<'_>) -> bool {
    held.trust_bytes() == offer.trust
        && held.policy_bytes() == offer.policy
        && held.catalog_bytes() == offer.catalog
}

fn signed(
    offer: Offer<'_>,
    trust: &[u8],
    roots: &Roots,
    organization: &str,
    held: Option<&PolicyBundle>,
    now: Timestamp,
) -> Result<PolicyBundle, BundleRefusal> {
    let verified = VerifiedTrust::verify(trust, roots, organization)?;
    check_trust(&verified, held.and_then(PolicyBundle::newest_trust), now)?;
    let same =
        |held: &&PolicyBundle| held.policy_bytes() == offer.policy && held.catalog_bytes() == offer.catalog;
    if let Some(held) = held.filter(same) {
        return held.with_newer_trust(verified, roots);
    }
    let parsed = ParsedPolicy::signed(offer.policy, offer.catalog, organization, |envelope| {
        is_signed(&verified, envelope, now)
    })?;
    check_policy(&parsed, &verified, held, now)?;
    let roots = roots.keys().to_vec();
    parsed.into_bundle(Signed { trust: verified, later: None, roots, roots_changed: None })
}

fn check_trust(
    offered: &VerifiedTrust,
    held: Option<&VerifiedTrust>,
    now: Timestamp,
) -> Result<(), BundleRefusal> {
    let trust = &offered.trust;
    not_ahead(Part::Trust, trust.issued, now)?;
    if let Some(held) = held {
        let same = offered.sha256 == held.sha256;
        is_next(Part::Trust, "/version", (trust.version, held.trust.version), same)?;
    }
    if trust.expires <= now {
        let problem = format!("it ended on `{}`; sign a trust document with a later time", trust.expires);
        return Err(Part::Trust.at("/expires", problem));
    }
    Ok(())
}

fn is_signed(trust: &VerifiedTrust, envelope: &Envelope, now: Timestamp) -> Result<(), BundleRefusal> {
    let until = trust.trust.signed_until(envelope);
    match until.map_err(|refusal| Part::PolicyEnvelope.refuses(refusal))? {
        Some(until) if until <= now => {
            let problem = "too few of the keys that signed are unrevoked; sign it with another key that the \
                           trust document lists";
            Err(Part::PolicyEnvelope.at("/signatures", problem))
        }
        Some(_) | None => Ok(()),
    }
}

fn check_policy(
    parsed: &ParsedPolicy,
    trust: &VerifiedTrust,
    held: Option<&PolicyBundle>,
    now: Timestamp,
) -> Result<(), BundleRefusal> {
    let stamp = parsed.policy.stamp();
    not_ahead(Part::Policy, stamp.issued, now)?;
    let least = trust.trust.min_serial;
    if stamp.serial < least {
        let problem = format!(
            "{} is lower than {least}, the least that the trust document allows; publish with a higher number",
            stamp.serial
        );
        return Err(Part::Policy.at("/serial", problem));
    }
    let Some(held) = held else { return Ok(()) };
    let before = held.policy();
    if is_believed(held, trust, now) {
        let same = stamp.sha256 == before.stamp().sha256;
        is_next(Part::Policy, "/serial", (stamp.serial, before.stamp().serial), same)?;
    }
    match parsed.policy.stale_since(now) {
        Some(since) if before.stale_since(now).is_none() => {
            let problem = format!(
                "this edition is too old since `{since}`, and the one on this machine is not; publish with a \
                 later time"
            );
            Err(Part::Policy.at("/staleAfter", problem))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether the keys of the held policy still count: if not, its serial may be the work of a thief, and only
/// `minSerial` of the trust document binds.
fn is_believed(held: &PolicyBundle, trust: &VerifiedTrust, now: Timestamp) -> bool {
    let envelope = envelope(held.policy_bytes(), PayloadType::Policy, Part::PolicyEnvelope);
    envelope.is_ok_and(|envelope| is_signed(trust, &envelope, now).is_ok())
}

fn not_ahead(part: Part, issued: Timestamp, now: Timestamp) -> Result<(), BundleRefusal> {
    let latest = now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    if issued <= latest {
        return Ok(());
    }
    let problem = format!(
        "`{issued}` lies ahead of this machine's clock by more than 10 minutes; correct the time there or here"
    );
    Err(part.at("/issued", problem))
}

fn is_next(part: Part, path: &str, (offered, held): (u64, u64), same: bool) -> Result<(), BundleRefusal> {
    let path = path.to_owned();
    if offered < held {
        return Err(BundleRefusal::Older { part, path, offered, held });
    }
    if offered == held && !same {
        return Err(BundleRefusal::Forked { part, path, number: held });
    }
    Ok(())
}
