//! Trust documents: checked as machines check them, but for the signatures, which need the enrollment's root keys.

use jiff::Timestamp;
use policy::Refusal;
use policy_bundle::{Trust, with_catalog::Named};
use serde::Serialize;

use crate::show::View;

/// A trust document that was accepted, for programs.
#[derive(Serialize)]
pub(super) struct Stamp {
    organization: String,
    version: u64,
    expires: Timestamp,
    keys: Vec<String>,
    threshold: u32,
}

/// Checks a document, which has to be for this organization, or for the one it names.
pub(super) fn parse(document: &[u8], organization: Option<&str>) -> Result<Trust, Refusal> {
    let named = Named::of(document).organization.unwrap_or_default();
    Trust::parse(document, organization.unwrap_or(&named))
}

pub(super) fn stamp(trust: &Trust) -> Stamp {
    Stamp {
        organization: trust.organization.clone(),
        version: trust.version,
        expires: trust.expires,
        keys: trust.policy_keys.iter().map(|key| key.public.id().to_string()).collect(),
        threshold: trust.threshold,
    }
}

/// What is in it, for people.
pub(super) fn shown(file: &str, trust: &Trust, view: &View) -> String {
    let mut text = format!(
        "`{file}` is a good trust document of {}, version {}, until {}\n{} of these keys must sign a policy\n",
        trust.organization,
        trust.version,
        view.date(trust.expires),
        trust.threshold
    );
    for key in &trust.policy_keys {
        let id = key.public.id();
        let whose = key.comment.as_ref().map(|comment| format!(", {comment}")).unwrap_or_default();
        let ended = trust.revoked.iter().find(|revoked| revoked.id == id);
        let ended = ended.map(|revoked| format!(", revoked from {}", view.date(revoked.since)));
        text += &format!("  {id}{whose}{}\n", ended.unwrap_or_default());
    }
    text
}
