//! A policy in files of this machine, which must be root's.

use std::path::Path;

use host::files::{OwnershipError, read_root_owned};
use policy::signed::{Offer, named_catalog};

use crate::{
    enrollment::{Enrollment, Source},
    policy_set,
};

/// An envelope is a third longer than what is in it.
const LIMIT: u64 = 24 * 1024 * 1024;
/// The trust document's place beside the policy's.
pub(super) const TRUST: &str = "trust.json";

/// The bytes of an offer.
pub(super) struct Bytes {
    pub(super) trust: Option<Vec<u8>>,
    pub(super) policy: Vec<u8>,
    pub(super) catalog: Option<Vec<u8>>,
}

impl Bytes {
    pub(super) fn as_offer(&self) -> Offer<'_> {
        Offer { trust: self.trust.as_deref(), policy: &self.policy, catalog: self.catalog.as_deref() }
    }
}

/// What lies at the place the enrollment names: nothing where the policy comes from elsewhere, and an inner nothing
/// where there is no file.
pub(super) fn offer(enrollment: &Enrollment) -> Option<Result<Option<Bytes>, String>> {
    match &enrollment.policy.source {
        Source::File { document, roots } => Some(read(document, !roots.is_none())),
        Source::Https { .. } | Source::DockerHub(_) => None,
    }
}

fn read(document: &Path, signed: bool) -> Result<Option<Bytes>, String> {
    let Some(policy) = present(read_root_owned(document, LIMIT))? else { return Ok(None) };
    let trust = match signed {
        true => present(read_root_owned(&document.with_file_name(TRUST), LIMIT))?,
        false => None,
    };
    let catalog = match named_catalog(&policy) {
        None => None,
        Some(named) => {
            let place = document
                .with_file_name(policy_set::plain(&named.url).map_err(|refusal| refusal.to_string())?);
            Some(read_root_owned(&place, LIMIT).map_err(|error| error.to_string())?)
        }
    };
    Ok(Some(Bytes { trust, policy, catalog }))
}

fn present(read: Result<Vec<u8>, OwnershipError>) -> Result<Option<Vec<u8>>, String> {
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}
